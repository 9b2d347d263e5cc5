import { SecretError } from './secret-error.ts';

/**
 * Who can open a tenant's secrets: the key of its node and the operators' recovery keys, without repetition.
 * @throws SecretError `secret/no-key` when the node has no key yet: recovery keys alone would leave the tenant without
 */
export function recipientsOf(
  node: { readonly name: string; readonly ageKey: string | null },
  recoveryKeys: readonly string[],
): string[] {
  if (node.ageKey === null) {
    throw new SecretError(
      'secret/no-key',
      `The node ${node.name} has no key to encrypt to; run "tenantry secret keygen --node ${node.name}" there first.`,
    );
  }
  return [...new Set([node.ageKey, ...recoveryKeys])];
}
