import { loadIdentity } from '../../desired-state/secrets/identity.ts';
import { createSecretOpener } from '../../desired-state/secrets/opener.ts';
import type { SecretOpener } from '../ports.ts';

/**
 * Opens secrets with the age key in `file`, which is read when the first secret asks for it: a node without secrets
 * needs no key, and a key that is made later is found without a restart.
 */
export function nodeKeyOpener(file: string): SecretOpener {
  let loaded: ReturnType<typeof createSecretOpener> | null = null;
  return {
    async open(tenant, name, sealed) {
      loaded ??= createSecretOpener((await loadIdentity(file)).identity);
      return loaded.open(tenant, name, sealed);
    },
    fingerprint: (tenant, name, value) => loaded?.fingerprint(tenant, name, value) ?? null,
  };
}
