import type { DesiredTenant } from '../desired-state/model.ts';
import { SecretError } from '../desired-state/secrets/secret-error.ts';
import type { Refusal } from './plan/plan.ts';
import type { SecretOpener } from './ports.ts';

interface Opened {
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
  #opened = new Map<string, Opened>();

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
    const kept = new Map<string, Opened>();
    for (const tenant of tenants) {
      for (const { name, sealed } of tenant.secrets) {
        const key = keyOf(tenant.name, name, sealed);
        const opened = this.#opened.get(key);
        if (opened !== undefined) kept.set(key, opened);
      }
    }
    this.#opened = kept;
  }

  async #one(tenant: string, name: string, sealed: string): Promise<Opened> {
    const key = keyOf(tenant, name, sealed);
    const known = this.#opened.get(key);
    if (known !== undefined) return known;
    const value = await this.#opener.open(tenant, name, sealed);
    const opened = { value, fingerprint: this.#opener.fingerprint(tenant, name, value) };
    this.#opened.set(key, opened);
    return opened;
  }
}

function keyOf(tenant: string, name: string, sealed: string): string {
  return JSON.stringify([tenant, name, sealed]);
}

function unavailable(name: string, why: string): Refusal {
  return { reason: 'secret-unavailable', message: `secret ${name} cannot be opened: ${why}` };
}
