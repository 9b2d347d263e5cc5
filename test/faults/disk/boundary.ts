import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Boundary, Fault } from '../boundary.ts';
import { DiskControl, type DiskFaultsSetup, diskFaultsVariable } from './control.ts';
import { damageAtEnd } from './damage.ts';
import { diskActions } from './keys.ts';

export interface DiskFolders {
  readonly dataDir: string;
  /** Folder on a tmpfs for decrypted secrets. */
  readonly secretsDir: string;
}

/**
 * The writes of a reconciler's process below its data and secrets folders, and the git commands that it runs. The
 * process has to be started with `execArgv` and `env`; as many as like may follow each other, one at a time.
 */
export class DiskBoundary implements Boundary {
  readonly name = 'disk';
  /** Arguments for node, before the program. */
  readonly execArgv: readonly string[] = ['--import', preload];
  readonly env: Readonly<Record<string, string>>;
  readonly #folders: DiskFolders;
  readonly #dir: string;
  readonly #control: DiskControl;
  #round = 0;
  /** `damage state/source.json` of every state file that lay there at the last reset: what can be damaged before the next run. */
  #damageable: readonly string[] = [];
  #fault: Fault | null = null;

  constructor(folders: DiskFolders) {
    const { dataDir, secretsDir } = folders;
    this.#folders = folders;
    this.#dir = mkdtempSync(join(tmpdir(), 'tenantry-disk-faults-'));
    this.#control = new DiskControl(this.#dir);
    // The first that a path lies in counts: secrets may be kept below the data folder.
    const roots = [
      { path: secretsDir, as: 'secrets/' },
      { path: dataDir, as: '' },
    ];
    const setup: DiskFaultsSetup = { control: this.#dir, roots };
    this.env = { [diskFaultsVariable]: JSON.stringify(setup) };
    this.reset();
  }

  seen(): readonly string[] {
    return [...this.#control.seen(this.#round), ...this.#damageable];
  }

  actions(key: string): readonly string[] {
    return diskActions(key);
  }

  arm(fault: Fault | null): void {
    if (fault !== null && !this.actions(fault.at).includes(fault.action)) {
      throw new Error(`${fault.action} cannot happen at ${fault.at}`);
    }
    this.#fault = fault;
    this.#control.forgetFired();
    this.#control.give({ round: this.#round, fault });
    if (fault?.at.startsWith('damage ')) this.#damage(fault);
  }

  /** What happens at the disk happens in the process itself, which says nothing any more after its death. */
  async settled(): Promise<void> {}

  fired(): boolean {
    return this.#fault !== null && this.#control.fired(this.#fault);
  }

  reset(): void {
    this.#round += 1;
    this.#damageable = this.#stateFiles().map((name) => `damage state/${name}`);
    this.arm(null);
  }

  #stateFiles(): string[] {
    const dir = join(this.#folders.dataDir, 'state');
    if (!existsSync(dir)) return [];
    const files = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isFile());
    return files
      .map(({ name }) => name)
      .filter((name) => /\.jsonl?$/.test(name))
      .sort();
  }

  /** `damage state/source.json`: at once, as it befalls a file between two processes. */
  #damage(fault: Fault): void {
    damageAtEnd(join(this.#folders.dataDir, fault.at.slice('damage '.length)), fault.action);
    this.#control.fire(fault);
  }

  async close(): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href;
