import { fingerprint } from './fingerprint.ts';
import { openSealed } from './seal.ts';
import { SecretError } from './secret-error.ts';

/** Decrypts sealed secrets in memory; has the shape of the reconciler's port of the same name. */
export interface SecretOpener {
  open(tenant: string, name: string, sealed: string): Promise<Uint8Array>;
  fingerprint(tenant: string, name: string, value: Uint8Array): string;
}

/**
 * An opener that holds the node's age identity. Without one, every call throws `secret/no-key`, so that tenants
 * without secrets run on a node that has no key yet.
 * @throws SecretError from its methods: `secret/no-key`, `secret/wrong-binding`, `secret/undecryptable`, `secret/bad-identity`
 */
export function createSecretOpener(identity: string | null): SecretOpener {
  return {
    async open(tenant, name, sealed) {
      return openSealed(tenant, name, sealed, required(identity, tenant, name));
    },
    fingerprint(tenant, name, value) {
      return fingerprint(required(identity, tenant, name), tenant, name, value);
    },
  };
}

function required(identity: string | null, tenant: string, name: string): string {
  if (identity !== null) return identity;
  throw new SecretError(
    'secret/no-key',
    `${name} of ${tenant} cannot be opened: this node has no key; "tenantry secret keygen" makes one.`,
  );
}
