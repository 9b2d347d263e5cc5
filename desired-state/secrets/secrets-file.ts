import { isObject } from '../../schemas/is-object.ts';
import { toPointer } from '../../schemas/yaml-tree.ts';
import { deleteValue, setValue } from '../write/edit-yaml.ts';
import { valueAt } from '../write/json-value.ts';
import { readDocument } from '../write/yaml-node.ts';

/** `tenants/<tenant>/secrets.yaml` */
export function secretsPath(tenant: string): string {
  return `tenants/${tenant}/secrets.yaml`;
}

/** The file before its first secret. */
export function newSecretsFile(tenant: string): string {
  return `# yaml-language-server: $schema=../../.tenantry/schemas/secrets.schema.json
# Encrypted to the key of the tenant's node and to the recovery keys in tenantry.yaml.
# Change a value with \`tenantry secret set ${tenant} NAME\`; an entry copied to another name or tenant is refused.
apiVersion: tenantry.dev/v1
kind: Secrets
metadata: {name: ${tenant}}
spec:
  values: {}
`;
}

/**
 * The file with one value set; everything else stays as it is.
 * @param text the file, or null when the tenant has none yet
 * @param sealed ASCII-armored age ciphertext
 * @throws EditError `edit/unreadable`, `edit/not-possible`
 */
export function withSecret(text: string | null, tenant: string, name: string, sealed: string): string {
  return setValue(text ?? newSecretsFile(tenant), toPointer(['spec', 'values', name]), sealed);
}

/** The file without one value; unchanged when it is not there. @throws EditError `edit/unreadable` */
export function withoutSecret(text: string, name: string): string {
  return deleteValue(text, toPointer(['spec', 'values', name]));
}

/** Names in the file, in its order. @throws EditError `edit/unreadable` */
export function secretNames(text: string): string[] {
  const values = valueAt(readDocument(text).value, ['spec', 'values']);
  return isObject(values) ? Object.keys(values) : [];
}
