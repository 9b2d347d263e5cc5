import type { DesiredTenant } from '../../desired-state/model.ts';
import type { Kind } from '../../schemas/kinds.ts';
import { classifyPath } from '../../schemas/layout.ts';
import type { TenantDetail } from '../api/models/tenant.ts';

type TenantFile = TenantDetail['files'][number];

const shownAs: Partial<Record<Kind, TenantFile['kind']>> = {
  Tenant: 'tenant',
  Prompt: 'prompt',
  Skill: 'skill',
  Job: 'job',
  Site: 'site',
  Secrets: 'secrets',
};

/** The files of a tenant's folder, and those of the library that it uses. Pure. */
export function tenantFiles(
  tenant: string,
  paths: Iterable<string>,
  desired: Pick<DesiredTenant, 'prompts' | 'skills'> | null,
): TenantFile[] {
  const used = [...Object.values(desired?.prompts ?? {}), ...Object.values(desired?.skills ?? {})];
  const shared = used.map(({ path }) => path).filter((path) => path.startsWith('library/'));
  const own = [...paths].filter((path) => path.startsWith(`tenants/${tenant}/`));
  return [...own.sort(), ...shared.sort()].flatMap((path) => {
    const place = classifyPath(path);
    const kind = place.type === 'document' ? shownAs[place.kind] : undefined;
    if (place.type !== 'document' || kind === undefined) return [];
    return [{ path, kind, name: place.name ?? tenant, shared: place.tenant === undefined }];
  });
}
