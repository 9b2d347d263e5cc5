import { isObject } from '../../schemas/is-object.ts';
import { toPointer } from '../../schemas/yaml-tree.ts';
import { secretNames, secretsPath, withoutSecret, withSecret } from '../secrets/secrets-file.ts';
import type { Edit, Proposal, SourceFiles } from './edit.ts';
import { editFile, located, proposal, tenantFile, valueOf } from './edit.ts';
import { EditError } from './edit-error.ts';
import { deleteValue, insertItem, setValue } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

const LIST = ['spec', 'runtime', 'secrets'];

/**
 * Stores a sealed secret in `secrets.yaml`, and names it in `spec.runtime.secrets`, so that the runtime gets it.
 * @param sealed ASCII-armored age ciphertext of this tenant and name
 * @param as how the runtime gets it; null keeps what `tenant.yaml` says (a file, when it says nothing yet)
 */
export function setSecret(
  source: SourceFiles,
  tenant: string,
  name: string,
  sealed: string,
  as: 'file' | 'env' | null,
): Proposal {
  const tenantPath = tenantFile(source, tenant);
  const path = secretsPath(tenant);
  const before = source.read(path);
  const index = listedAt(source, tenantPath, name);
  const entry = as === 'env' ? { name, as } : name;
  const listed = editFile(source, tenantPath, (text) => {
    if (index === -1) return insertItem(text, toPointer(LIST), entry);
    return as === null ? text : setValue(text, toPointer([...LIST, index]), entry);
  });
  return proposal({
    verb: 'set-secret',
    subject: `${tenant}: set the secret ${name}`,
    body: [
      `The encrypted value of ${name} is new${index === -1 ? ', and the runtime gets it from now on' : ''}.`,
    ],
    edits: [{ path, before, after: located(path, () => withSecret(before, tenant, name, sealed)) }, listed],
  });
}

/** Removes a secret and its mention in `tenant.yaml`. @throws EditError `edit/unknown` when it is in neither */
export function unsetSecret(source: SourceFiles, tenant: string, name: string): Proposal {
  const tenantPath = tenantFile(source, tenant);
  const path = secretsPath(tenant);
  const before = source.read(path);
  const index = listedAt(source, tenantPath, name);
  const edits: Edit[] = [];
  if (before !== null && located(path, () => secretNames(before)).includes(name)) {
    edits.push({ path, before, after: located(path, () => withoutSecret(before, name)) });
  }
  if (index !== -1)
    edits.push(editFile(source, tenantPath, (text) => deleteValue(text, toPointer([...LIST, index]))));
  if (edits.length === 0) throw new EditError('edit/unknown', `${tenant} has no secret ${name}.`);
  return proposal({
    verb: 'unset-secret',
    subject: `${tenant}: remove the secret ${name}`,
    body: [
      'The old value stays in the history, encrypted; change it at its source if it must not be used again.',
    ],
    edits,
  });
}

function listedAt(source: SourceFiles, tenantPath: string, name: string): number {
  const list = valueAt(valueOf(source, tenantPath), LIST);
  if (!Array.isArray(list)) return -1;
  return list.findIndex((item: unknown) => item === name || (isObject(item) && item.name === name));
}
