import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawClient } from '../../support/raw-engine.ts';
import type { ScaleNode } from './node.ts';
import { tenantFiles, tenantName } from './tenants.ts';

const patienceMs = 120_000;

/** A node on which one tenant can be broken and mended. */
export class Neighbourhood {
  readonly node: ScaleNode;
  readonly raw: RawClient;
  readonly broken: number;
  #round = 0;

  constructor(node: ScaleNode) {
    this.node = node;
    this.raw = new RawClient(node.engine.socket);
    this.broken = Math.floor(node.tenants / 2);
  }

  get container(): string {
    return `tenant_${tenantName(this.broken)}_runtime`;
  }

  /** Path of the broken tenant's managed files on the disk. */
  get folder(): string {
    return join(this.node.options.dataDir, 'tenants', tenantName(this.broken), 'files');
  }

  /** Commits the broken tenant's own file. */
  async write(change: (text: string) => string): Promise<void> {
    const files = [...tenantFiles(this.broken, this.node.name)].map(([path, text]): [string, string] => [
      path,
      path.endsWith('/tenant.yaml') ? change(text) : text,
    ]);
    await this.node.repository.commit(files, `change ${tenantName(this.broken)}`);
  }

  /** One commit changes a limit of all others. Answers the time until the engine was asked for the last of them, in ms. */
  async changeOthers(): Promise<number> {
    const { control } = this.node.engine;
    this.#round += 1;
    const others = Array.from({ length: this.node.tenants }, (_, index) => index).filter(
      (index) => index !== this.broken,
    );
    const cpus = 0.25 + (this.#round % 50) / 100;
    const before = await control.seq();
    const files = others.flatMap((index) => [...tenantFiles(index, this.node.name, { cpus })]);
    const committed = await this.node.repository.commit(files, `change all others, round ${this.#round}`);
    for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(50)) {
      const asked = new Map<string, number>();
      for (const record of await control.history(before)) {
        if (record.kind !== 'request' || record.method !== 'POST') continue;
        const container = /^\/containers\/([^/]+)\/update/.exec(record.path)?.[1];
        if (container !== undefined && !asked.has(container)) asked.set(container, record.at);
      }
      if (asked.size >= others.length) return Math.max(...asked.values()) - committed;
    }
    throw new Error(`the others were not changed within ${patienceMs / 1000} s`);
  }

  /** Until nothing was asked of the engine for a while: what was broken is mended. */
  quiet(ms: number): Promise<void> {
    return this.node.quiet(ms);
  }

  /** A file where the folder should be. */
  async spoilFolder(): Promise<void> {
    // The reconciler may be writing there just now.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
    await writeFile(this.folder, 'not a folder');
  }

  async mend(): Promise<void> {
    const isFile = (await stat(this.folder).catch(() => null))?.isFile() === true;
    if (isFile) await rm(this.folder);
    await this.write((text) => text);
  }
}
