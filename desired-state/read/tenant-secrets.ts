import { defaults } from '../../schemas/defaults.ts';
import type { Problem } from '../../schemas/problem.ts';
import { closest } from '../../schemas/suggest.ts';
import type { DesiredSecret } from '../model.ts';
import type { Runtime } from './defaults.ts';
import type { Parsed } from './documents.ts';
import { problemAt } from './problem-at.ts';

/** Missing secrets that are told: each is compared with all that there are. */
const MAX_MISSING = 10;

/**
 * The secrets that a tenant's runtime gets, with their ciphertexts. A name that secrets.yaml does not have is
 * reported; when that file is invalid, only its own problems are.
 */
export function desiredSecrets(
  tenant: Parsed<'Tenant'>,
  wanted: NonNullable<Runtime['secrets']>,
  secrets: Parsed<'Secrets'> | undefined,
  report: (problem: Problem) => void,
): DesiredSecret[] {
  if (secrets !== undefined && secrets.value === null) return [];
  const values = new Map(Object.entries(secrets?.value?.spec.values ?? {}));
  let missing = 0;
  return wanted.flatMap((entry, index) => {
    const { name, as } = typeof entry === 'string' ? { name: entry, as: defaults.secretAs } : entry;
    const sealed = values.get(name);
    if (sealed !== undefined) return [{ name, as, sealed }];
    missing += 1;
    if (missing > MAX_MISSING) return [];
    const meant = closest(name, [...values.keys()]);
    const hint = meant === null ? '' : `, or write \`${meant}\`, which is there`;
    const message = `There is no secret \`${name}\` in the tenant's secrets.yaml; store it with \`tenantry secret set ${tenant.name} ${name}\`${hint}.`;
    report(
      problemAt(
        { file: tenant, pointer: `/spec/runtime/secrets/${index}` },
        'policy/missing-secret',
        message,
      ),
    );
    return [];
  });
}
