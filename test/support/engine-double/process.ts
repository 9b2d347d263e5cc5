import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Control } from './control.ts';
import type { DoubleOptions } from './double.ts';
import type { Order, Reply } from './main.ts';

const program = join(import.meta.dirname, 'main.ts');

/** An engine double in a process of its own, so that its work is not counted with that of whoever uses it. */
export class EngineDoubleProcess {
  readonly host: string;
  readonly socket: string;
  readonly control: Control;
  readonly pid: number;
  readonly #link: Link;

  private constructor(link: Link, socket: string, pid: number) {
    this.#link = link;
    this.socket = socket;
    this.host = `unix://${socket}`;
    this.pid = pid;
    // Every verb goes over as it is: both ends know the same interface.
    this.control = new Proxy({} as Control, {
      get:
        (_target, verb) =>
        (...args: readonly unknown[]) =>
          link.order(verb as Order['verb'], args),
    });
  }

  static async open(options: DoubleOptions = {}): Promise<EngineDoubleProcess> {
    // A process group of its own: the terminal's Ctrl-C reaches the parent, which ends it in order.
    const child = fork(program, [], { detached: true, serialization: 'advanced' });
    const link = new Link(child);
    const socket = await link.order('open', [options]);
    if (child.pid === undefined) throw new Error('the engine double has no process id');
    return new EngineDoubleProcess(link, String(socket), child.pid);
  }

  /** Kills the process as a crash does: connections are cut, and nothing answers any more. */
  async kill(): Promise<void> {
    await this.#link.end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.#link.order('close', []);
    await this.#link.end('SIGTERM');
  }
}

/** Orders to the child and their replies. */
class Link {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  #count = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', ({ id, result, error }: Reply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(`the engine double says: ${error}`));
    });
    child.once('exit', (code, signal) => {
      const why = new Error(`the engine double ended (${signal ?? code})`);
      for (const waiting of this.#waiting.values()) waiting.reject(why);
      this.#waiting.clear();
    });
  }

  order(verb: Order['verb'], args: readonly unknown[]): Promise<unknown> {
    this.#count += 1;
    const order: Order = { id: this.#count, verb, args };
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.id, { resolve, reject });
      this.#child.send(order, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
