import { join } from 'node:path';
import { OrderedChild } from '../child-orders.ts';
import type { Control } from './control.ts';
import type { DoubleOptions } from './double.ts';

const program = join(import.meta.dirname, 'main.ts');

/** An engine double in a process of its own, so that its work is not counted with that of whoever uses it. */
export class EngineDoubleProcess {
  readonly host: string;
  readonly socket: string;
  readonly control: Control;
  readonly #child: OrderedChild;

  private constructor(child: OrderedChild, socket: string) {
    this.#child = child;
    this.socket = socket;
    this.host = `unix://${socket}`;
    // Every verb goes over as it is: both ends know the same interface.
    this.control = new Proxy({} as Control, {
      get:
        (_target, verb) =>
        (...args: readonly unknown[]) =>
          child.order(String(verb), ...args),
    });
  }

  static async open(options: DoubleOptions = {}): Promise<EngineDoubleProcess> {
    const child = new OrderedChild('the engine double', program);
    return new EngineDoubleProcess(child, String(await child.order('open', options)));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Kills the process as a crash does: connections are cut, and nothing answers any more. */
  async kill(): Promise<void> {
    await this.#child.end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#child.order('close');
    await this.#child.end('SIGTERM');
  }
}
