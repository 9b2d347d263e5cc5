/**
 * How a test and the preload module in the reconciler's process speak: a folder, because the process may be gone at
 * any moment and what it did must be known all the same. All of it is synchronous, so that nothing is told late.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../boundary.ts';

/** Environment variable that tells the preload module where the folder is and what it watches. */
export const diskFaultsVariable = 'TENANTRY_TEST_DISK_FAULTS';

/** Its value, as JSON. */
export interface DiskFaultsSetup {
  /** Folder through which both speak. */
  readonly control: string;
  /** Folders whose writes are counted, with what their names begin with in keys. */
  readonly roots: readonly { readonly path: string; readonly as: string }[];
}

interface Order {
  /** Grows with each reset: calls are counted from one again. */
  readonly round: number;
  readonly fault: Fault | null;
}

export class DiskControl {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  order(): Order {
    return JSON.parse(readFileSync(join(this.#dir, 'order.json'), 'utf8')) as Order;
  }

  give(order: Order): void {
    writeFileSync(join(this.#dir, 'order.json'), JSON.stringify(order));
  }

  /** Keys of the round that have been met, in order. */
  seen(round: number): string[] {
    const path = join(this.#dir, `seen-${round}`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  }

  meet(round: number, key: string): void {
    appendFileSync(join(this.#dir, `seen-${round}`), `${key}\n`);
  }

  fired(fault: Fault): boolean {
    return existsSync(this.#fired) && readFileSync(this.#fired, 'utf8') === JSON.stringify(fault);
  }

  fire(fault: Fault): void {
    writeFileSync(this.#fired, JSON.stringify(fault));
  }

  /** The same fault may be armed again. */
  forgetFired(): void {
    writeFileSync(this.#fired, '');
  }

  get #fired(): string {
    return join(this.#dir, 'fired');
  }
}
