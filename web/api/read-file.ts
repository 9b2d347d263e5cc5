import { EditError } from '../../desired-state/write/edit-error.ts';
import { readDocument } from '../../desired-state/write/yaml-node.ts';
import { classifyPath, tenantOfPath } from '../../schemas/layout.ts';
import { own } from '../../schemas/own.ts';
import { noSuchTenant, WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';
import type { FileView } from './models/tenant.ts';
import type { ApiParts } from './parts.ts';

/** The newest revision. @throws WebError 503 before any was fetched */
export function headOf({ branch }: Pick<ApiParts, 'branch'>): string {
  const head = branch.head();
  if (head !== null) return head;
  const message = 'The desired-state repository could not be read yet. Try again in a moment.';
  throw new WebError('branch/none', 503, message, { headers: { 'retry-after': '5' } });
}

/** A document as it is at the newest revision. @throws WebError 404 */
export async function fileAt(parts: ApiParts, caller: Caller, path: string): Promise<FileView> {
  const head = headOf(parts);
  const text = await parts.files.read(head, path);
  if (text === null) throw new WebError('file/unknown', 404, `There is no ${path} at ${head.slice(0, 12)}.`);
  return fileView(parts, caller, { base: head, path, text });
}

export function fileView(
  { editable }: Pick<ApiParts, 'editable'>,
  caller: Caller,
  file: { readonly base: string; readonly path: string; readonly text: string },
): FileView {
  const place = classifyPath(file.path);
  const kind = place.type === 'document' ? place.kind : null;
  return {
    ...file,
    name: (place.type === 'document' ? place.name : null) ?? file.path,
    value: valueOf(file.text),
    schema: kind === null ? '' : `/v1/schemas/${kind}`,
    shared: place.type !== 'document' || place.tenant === undefined,
    editable: [...editable(caller, file.path)],
  };
}

function valueOf(text: string): unknown {
  try {
    return readDocument(text).value ?? null;
  } catch (error) {
    if (error instanceof EditError) return null;
    throw error;
  }
}

/** Whether a caller may read a file: all of them, or those of his own tenants and what these take from the library. */
export function mayRead({ branch }: Pick<ApiParts, 'branch'>, { tenants }: Caller, path: string): boolean {
  if (tenants === null) return true;
  const tenant = tenantOfPath(path);
  if (tenant !== null) return tenants.has(tenant);
  const desired = branch.desired()?.tenants ?? {};
  return [...tenants].some((name) => {
    const { prompts = {}, skills = {} } = own(desired, name)?.desired ?? {};
    return [...Object.values(prompts), ...Object.values(skills)].some((used) => used.path === path);
  });
}

/** @throws WebError 404, in the words for a tenant that the caller may not know of */
export function requireTenant({ directory }: Pick<ApiParts, 'directory'>, tenant: string): void {
  if (directory.get(tenant) === null) throw noSuchTenant(tenant);
}
