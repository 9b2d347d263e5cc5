import type { DesiredTenant } from '../desired-state/model.ts';
import { SecretError } from '../desired-state/secrets/secret-error.ts';
import type { Refusal } from './plan/plan.ts';
import type { SecretOpener } from './ports.ts';

interface Opened {
  readonly sealed: string;
  readonly value: Uint8Array;
  readonly fingerprint: string | null;
}

/** What a tenant's secrets came to: values in memory, and why one could not be had. */
export interface OpenedSecrets {
  readonly values: ReadonlyMap<string, Uint8Array>;
  readonly fingerprints: Readonly<Record<string, string | null>>;
  readonly refusals: readonly Refusal[];
}

/** Decrypted secrets, in this process's memory only, kept by ciphertext so that each is opened once. */
export class Vault {
  readonly #opener: SecretOpener;
  /** By tenant and name. */
  readonly #opened = new Map<string, Map<string, Opened>>();

  constructor(opener: SecretOpener) {
    this.#opener = opener;
  }

  /**
   * Opens all secrets of a tenant. One that cannot be opened refuses the tenant: it stays as it is.
   *
   * @param compareOnly for a machine without the key (planning elsewhere): secrets are then not compared
   */
  async open(tenant: DesiredTenant, compareOnly: boolean): Promise<OpenedSecrets> {
    const values = new Map<string, Uint8Array>();
    const fingerprints: Record<string, string | null> = {};
    const refusals: Refusal[] = [];
    for (const { name, sealed } of tenant.secrets) {
      fingerprints[name] = null;
      try {
        const { value, fingerprint } = await this.#one(tenant.name, name, sealed);
        values.set(name, value);
        fingerprints[name] = fingerprint;
      } catch (error) {
        const elsewhere = error instanceof SecretError && error.code === 'secret/no-key' && compareOnly;
        if (!elsewhere)
          refusals.push(unavailable(name, error instanceof Error ? error.message : String(error)));
      }
    }
    return { values, fingerprints, refusals };
  }

  /** Forgets what no tenant names any more. */
  keepOnly(tenants: Iterable<DesiredTenant>): void {
    if (this.#opened.size === 0) return;
    const present = new Set<string>();
    for (const { name: tenant, secrets } of tenants) {
      present.add(tenant);
      const opened = this.#opened.get(tenant);
      if (opened === undefined || opened.size <= secrets.length) continue;
      const named = new Set(secrets.map(({ name }) => name));
      for (const name of opened.keys()) if (!named.has(name)) opened.delete(name);
    }
    for (const tenant of this.#opened.keys()) if (!present.has(tenant)) this.#opened.delete(tenant);
  }

  async #one(tenant: string, name: string, sealed: string): Promise<Opened> {
    const known = this.#opened.get(tenant)?.get(name);
    if (known?.sealed === sealed) return known;
    const value = await this.#opener.open(tenant, name, sealed);
    const opened = { sealed, value, fingerprint: this.#opener.fingerprint(tenant, name, value) };
    const ofTenant = this.#opened.get(tenant) ?? new Map<string, Opened>();
    this.#opened.set(tenant, ofTenant.set(name, opened));
    return opened;
  }
}

function unavailable(name: string, why: string): Refusal {
  return { reason: 'secret-unavailable', message: `secret ${name} cannot be opened: ${why}` };
}
