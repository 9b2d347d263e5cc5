import type { DesiredState } from '../../../desired-state/model.ts';
import type { NodeStatus, TenantStatus } from '../../../reconciler/report/status.ts';
import { containerName } from '../../../renderers/names.ts';
import type { Colours } from '../output/colours.ts';
import { paintPhase, shortImage } from '../output/status.ts';
import { table } from '../output/table.ts';
import { printable } from '../output/text.ts';
import type { DemoImages } from './images.ts';
import type { DemoNames } from './names.ts';

/** What runs where, read from the status, with an address to try for each tenant that answers. */
export function demoTable(status: NodeStatus, desired: DesiredState, colours: Colours): string[] {
  const rows = status.tenants.map((tenant) => [
    tenant.tenant,
    paintPhase(tenant.phase, colours),
    tenant.state,
    buildOf(tenant.image),
    urlOf(tenant, desired) ?? '-',
  ]);
  const reasons = status.tenants
    .filter(({ reason }) => reason !== '')
    .map(({ tenant, reason }) => `${tenant}: ${printable(reason)}`);
  return [...table(['TENANT', 'PHASE', 'STATE', 'BUILD', 'TRY'], rows, colours), ...reasons];
}

/** All tenants of the demo run one image: its tag says enough. */
function buildOf(image: string | null): string {
  return shortImage(image).replace(/^[^:]*:/, '');
}

/** The edit of a prompt that the tour proposes: what to look for in the starter's file, and what to put there. */
export const promptEdit = {
  path: 'tenants/acme/prompts/greeting.yaml',
  from: 'Greet the customer',
  to: 'Warmly welcome the customer',
} as const;

export interface TourInput {
  readonly names: DemoNames;
  readonly images: DemoImages;
  readonly status: NodeStatus;
  readonly desired: DesiredState;
  /** How the Docker Engine is named on a command line; null where the default is right. */
  readonly docker: string | null;
}

/** What to try next, as commands to copy. Only what this demo really has is named. */
export function tourLines(input: TourInput, colours: Colours): string[] {
  const { names, images, status, desired } = input;
  const { repo } = names;
  const acme = status.tenants.find(({ tenant }) => tenant === 'acme');
  const prompts = acme === undefined ? null : urlOf(acme, desired, '/api/prompts');
  const docker = input.docker === null ? 'docker' : `docker -H ${input.docker}`;
  const dataDir = names.dataDir;
  const steps: readonly (readonly [string, readonly string[]])[] = [
    [
      'Edit a prompt: the file is swapped in place, and nothing restarts.',
      [
        `sed -i 's/${promptEdit.from}/${promptEdit.to}/' ${repo}/${promptEdit.path}`,
        `git -C ${repo} commit -am 'acme: warmer greeting'`,
        `git -C ${repo} push`,
        ...(prompts === null ? [] : [`curl -s ${prompts}`]),
      ],
    ],
    ['Kill a container: it comes back at once.', [`${docker} kill ${containerName.runtime('acme')}`]],
    [
      'Let the command line edit: each edit is one commit.',
      [
        `export TENANTRY_REPO=${names.remote} TENANTRY_DATA_DIR=${dataDir}`,
        'npx tenantry tenant set acme runtime.resources.memory=320Mi',
        'npx tenantry tenant start initech',
        'npx tenantry status',
      ],
    ],
    [
      'Promote what staging runs; then take it back.',
      [
        'npx tenantry promote --from staging --to production',
        `git -C ${repo} pull --quiet && git -C ${repo} revert --no-edit HEAD && git -C ${repo} push`,
      ],
    ],
    [
      'Roll out a build that is not healthy: the old one goes on serving.',
      [`npx tenantry pin staging runtime=${images.bad}`, 'npx tenantry status globex'],
    ],
  ];
  return steps.flatMap(([what, commands], index) => [
    '',
    colours.bold(`${index + 1}. ${what}`),
    ...commands.map((command) => `   ${command}`),
  ]);
}

function urlOf(tenant: TenantStatus, desired: DesiredState, path?: string): string | null {
  const health = desired.tenants[tenant.tenant]?.desired?.health ?? null;
  if (tenant.address === null || tenant.state !== 'running' || health?.type !== 'http') return null;
  return `http://${tenant.address}:${health.port}${path ?? health.path}`;
}
