/** Told before files are written whether their folder has to be made. */
export type Beginning = (folderMade: boolean) => Promise<void>;

/** Managed files on the disk, one folder a tenant, and the tmpfs with secrets. A disk that fails is `files/<verb>-failed`. */
export interface Files {
  /** Host folder that is mounted at `/etc/tenantry`. */
  configDir(tenant: string): string;
  /** Host folder on the tmpfs that is mounted at `/run/secrets`. */
  secretsDir(tenant: string): string;
  /** Names of tenants that have a folder of either kind. */
  tenants(): Promise<readonly string[]>;
  /** Relative path to sha256 (hex) of what is in the tenant's folder, the same object while that is; null without a folder. */
  digests(tenant: string): Promise<Readonly<Record<string, string>> | null>;
  /**
   * Makes the folder hold exactly `files`: each changed file is written aside, synced and renamed into place, the
   * others are not touched, files that are not named are removed.
   * @param beginning is waited for before anything is written: what runs has mounted no folder that is yet to be made. One
   * that goes away after it was said to be there is not made, and the write fails
   */
  write(tenant: string, files: Readonly<Record<string, Uint8Array>>, beginning: Beginning): Promise<void>;
  /** Name to content of the tenant's secret files, the same object while that is; null without a folder. Stays inside the reconciler. */
  readSecrets(tenant: string): Promise<ReadonlyMap<string, Uint8Array> | null>;
  /** As `write`, on the tmpfs. @throws ReconcilerError `files/not-tmpfs` when the folder would touch a disk */
  writeSecrets(tenant: string, files: ReadonlyMap<string, Uint8Array>, beginning: Beginning): Promise<void>;
  /** Removes both folders of a tenant. */
  remove(tenant: string): Promise<void>;
  /** Calls back with the tenant whose managed files another hand changed, until `signal` aborts. */
  watch(onChange: (tenant: string) => void, signal: AbortSignal): Promise<void>;
}

/** Small durable facts of the reconciler, one JSON document a name. Losing them costs a pass, never a tenant. */
export interface StateStore {
  /** Null when there is none or it is damaged (then the damage is logged and the file set aside). */
  read(name: string): Promise<unknown>;
  /** Atomic and synced: after a crash there is the old document or the new one. */
  write(name: string, value: unknown): Promise<void>;
  /** Removes a document; one that is not there is fine. */
  remove(name: string): Promise<void>;
  /** Adds one line to a log of JSON lines that is cut to its newest `keep` entries now and then. */
  append(name: string, entry: unknown, keep: number): Promise<void>;
  readLog(name: string): Promise<readonly unknown[]>;
}
