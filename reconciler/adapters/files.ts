import { mkdir, readdir, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { ReconcilerError } from '../errors.ts';
import { tenantFolder } from '../plan/folders.ts';
import type { Files } from '../ports.ts';
import { errorCode } from './docker-errors.ts';
import { FolderDigests, nullIfMissing, readRegularFile } from './files-digest.ts';
import { ensureInMemory } from './files-tmpfs.ts';
import { watchTenants } from './files-watch.ts';
import { writeFolder } from './files-write.ts';
import { type FolderStamps, sameStamps, stampsOf, withoutStats } from './folder-stamps.ts';

export interface FilesOptions {
  /** Holds `tenants/<tenant>/files/`. Absolute. */
  readonly dataDir: string;
  /** Holds `<tenant>/`; is made a tmpfs when the first secret is written. Absolute. */
  readonly secretsDir: string;
}

const TENANT = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
/** No tenant can have these names. */
const STAGING = '.staging';
const MOUNTED = 'files';

/** Managed files and secrets on this machine's disk and memory. One writer a tenant at a time. */
export function openFiles({ dataDir, secretsDir }: FilesOptions): Files {
  for (const dir of [dataDir, secretsDir]) if (!isAbsolute(dir)) throw badFolder(dir);
  const root = join(dataDir, 'tenants');
  const known = new FolderDigests();
  /** Secrets as they were read last; in memory only, as they are in the folder itself. */
  const opened = new Map<
    string,
    { readonly stamps: FolderStamps; readonly values: Map<string, Uint8Array> }
  >();
  const home = (tenant: string) => tenantFolder.home(resolve(dataDir), checked(tenant));
  const configDir = (tenant: string) => tenantFolder.files(resolve(dataDir), checked(tenant));
  const secrets = (tenant: string) => tenantFolder.secrets(resolve(secretsDir), checked(tenant));
  // Beside the tenants' folders: each of those is mounted as a whole.
  const secretsStaging = (tenant: string) => join(secretsDir, STAGING, checked(tenant));

  return {
    configDir,
    secretsDir: secrets,
    async tenants() {
      const names = await Promise.all(
        [root, secretsDir].map((dir) => saying('read', dir, () => foldersIn(dir))),
      );
      return [...new Set(names.flat())].toSorted();
    },
    async digests(tenant) {
      const folder = configDir(tenant);
      return saying('read', folder, () => known.read(folder));
    },
    async write(tenant, files, beginning) {
      const folder = configDir(tenant);
      await saying('write', folder, async () => {
        await mkdir(home(tenant), { recursive: true, mode: 0o700 });
        const present = (await known.read(folder)) ?? {};
        const staging = join(home(tenant), STAGING);
        await writeFolder({ folder, staging, files: new Map(Object.entries(files)), present, beginning });
      });
    },
    async readSecrets(tenant) {
      const folder = secrets(tenant);
      return saying('read', folder, async () => {
        const stamps = stampsOf(folder);
        const before = opened.get(tenant);
        if (stamps === null) {
          opened.delete(tenant);
          return null;
        }
        if (before !== undefined && sameStamps(before.stamps, stamps)) return before.values;
        const values = new Map<string, Uint8Array>();
        for (const name of stamps.paths.slice(1)) {
          const bytes = await readRegularFile(join(folder, name));
          if (bytes !== null) values.set(name, bytes);
        }
        opened.set(tenant, { stamps: withoutStats(stamps), values });
        return values;
      });
    },
    async writeSecrets(tenant, files, beginning) {
      const folder = secrets(tenant);
      await saying('write', folder, async () => {
        await ensureInMemory(secretsDir);
        // Digests of secrets are not remembered between calls.
        const present = (await new FolderDigests().read(folder)) ?? {};
        await writeFolder({ folder, staging: secretsStaging(tenant), files, present, beginning });
      });
    },
    async remove(tenant) {
      for (const folder of [home(tenant), secrets(tenant), secretsStaging(tenant)])
        await saying('remove', folder, () => rm(folder, { recursive: true, force: true }));
      known.forget(home(tenant));
    },
    async watch(onChange, signal) {
      await mkdir(root, { recursive: true, mode: 0o700 });
      const ours = (tenant: string) => {
        if (TENANT.test(tenant)) onChange(tenant);
      };
      await watchTenants(root, MOUNTED, ours, signal);
    },
  };
}

async function foldersIn(dir: string): Promise<string[]> {
  const entries = (await readdir(dir, { withFileTypes: true }).catch(nullIfMissing)) ?? [];
  return entries.filter((entry) => entry.isDirectory() && TENANT.test(entry.name)).map((entry) => entry.name);
}

/** Tells a disk that does not do its part (full, read-only, broken) in words; other errors speak for themselves. */
async function saying<T>(
  verb: 'read' | 'write' | 'remove',
  folder: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ReconcilerError || errorCode(error) === null)
      throw error;
    const message = `cannot ${verb} ${folder}: ${error.message}; look at space and permissions there`;
    throw new ReconcilerError(`files/${verb}-failed`, message, { retry: 'backoff', cause: error });
  }
}

function checked(tenant: string): string {
  if (TENANT.test(tenant)) return tenant;
  throw new ReconcilerError('files/bad-path', `${JSON.stringify(tenant)} is no tenant's name`, {
    retry: 'never',
  });
}

function badFolder(dir: string): ReconcilerError {
  const message = `${JSON.stringify(dir)} is not absolute: the Docker Engine mounts it by its full path`;
  return new ReconcilerError('files/bad-path', message, { retry: 'never' });
}
