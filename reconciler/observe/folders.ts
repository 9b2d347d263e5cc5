import { setImmediate } from 'node:timers/promises';
import type { SecretValue } from '../../renderers/resource.ts';
import { ReconcilerError } from '../errors.ts';
import type { ObservedTenant } from '../plan/observed.ts';
import type { Files } from '../ports.ts';
import type { Fingerprint } from './containers.ts';

type Folders = Pick<ObservedTenant, 'files' | 'secretFiles'>;

/** Milliseconds after which others have their turn: reading one folder is done in a moment, 10,000 are not. */
const turnMs = 10;

/** What was read of some tenants' folders, and why the others' could not be. */
export interface ReadFolders {
  readonly found: ReadonlyMap<string, Folders>;
  readonly failed: ReadonlyMap<string, ReconcilerError>;
}

/** Reads tenants' managed files and secrets. What is as it was is the same object as before. */
export class FolderReader {
  readonly #files: Pick<Files, 'tenants' | 'digests' | 'readSecrets'>;
  readonly #fingerprint: Fingerprint;
  readonly #known = new Map<string, Folders & { readonly values: ReadonlyMap<string, Uint8Array> | null }>();

  constructor(files: Pick<Files, 'tenants' | 'digests' | 'readSecrets'>, fingerprint: Fingerprint) {
    this.#files = files;
    this.#fingerprint = fingerprint;
  }

  async readAll(): Promise<ReadFolders> {
    const names = await this.#files.tenants();
    const all = await this.read(names);
    const present = new Set(names);
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name);
    return all;
  }

  async read(tenants: readonly string[]): Promise<ReadFolders> {
    const found = new Map<string, Folders>();
    const failed = new Map<string, ReconcilerError>();
    let turn = performance.now();
    for (const tenant of tenants) {
      try {
        found.set(tenant, await this.#one(tenant));
      } catch (error) {
        if (!(error instanceof ReconcilerError)) throw error;
        failed.set(tenant, error);
      }
      if (performance.now() - turn < turnMs) continue;
      await setImmediate();
      turn = performance.now();
    }
    return { found, failed };
  }

  async #one(tenant: string): Promise<Folders> {
    const known = this.#known.get(tenant);
    const [files, values] = await Promise.all([this.#files.digests(tenant), this.#files.readSecrets(tenant)]);
    const sameFiles = known !== undefined && sameRecord(known.files, files);
    const sameSecrets =
      known !== undefined &&
      (values === null ? known.values === null : known.values === values && isFinal(known));
    if (sameFiles && sameSecrets) return known;
    const read = {
      files: sameFiles ? known.files : files,
      secretFiles: sameSecrets ? known.secretFiles : this.#secretFiles(tenant, values),
      values,
    };
    this.#known.set(tenant, read);
    return read;
  }

  #secretFiles(
    tenant: string,
    values: ReadonlyMap<string, Uint8Array> | null,
  ): Readonly<Record<string, SecretValue>> | null {
    if (values === null) return null;
    const entries = [...values].map(([name, value]): [string, SecretValue] => [
      name,
      this.#fingerprint(tenant, name, value),
    ]);
    return Object.fromEntries(entries);
  }
}

/** A secret that could not be compared may be comparable next time: the node's key may have been made. */
function isFinal({ secretFiles }: Folders): boolean {
  return Object.values(secretFiles ?? {}).every(({ fingerprint }) => fingerprint !== null);
}

function sameRecord(
  a: Readonly<Record<string, string>> | null,
  b: Readonly<Record<string, string>> | null,
): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
