import type { SecretOpener } from '../ports.ts';

/**
 * Opens secrets with the age key in `file`, which is read when the first secret asks for it: a node without secrets
 * needs no key, and a key that is made later is found without a restart. The code that decrypts is loaded then as well:
 * 12 MiB.
 */
export function nodeKeyOpener(file: string): SecretOpener {
  let loaded: SecretOpener | null = null;
  return {
    async open(tenant, name, sealed) {
      loaded ??= await openerFor(file);
      return loaded.open(tenant, name, sealed);
    },
    fingerprint: (tenant, name, value) => loaded?.fingerprint(tenant, name, value) ?? null,
  };
}

async function openerFor(file: string): Promise<SecretOpener> {
  const { loadIdentity } = await import('../../desired-state/secrets/identity.ts');
  const { createSecretOpener } = await import('../../desired-state/secrets/opener.ts');
  return createSecretOpener((await loadIdentity(file)).identity);
}
