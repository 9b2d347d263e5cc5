import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Order {
  readonly id: number;
  readonly verb: string;
  readonly args: readonly unknown[];
}

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Carries out orders of the process that started this one, until it is gone; then `onEnd` has the last word. */
export function obeyParent(
  obey: (verb: string, args: readonly unknown[]) => Promise<unknown>,
  onEnd: () => Promise<void>,
): void {
  const reply = (message: Reply): void => void process.send?.(message);
  process.on('message', ({ id, verb, args }: Order) => {
    obey(verb, args).then(
      (result) => reply({ id, result }),
      (error: unknown) =>
        reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.on('disconnect', () => {
    void onEnd().finally(() => process.exit(0));
  });
}

type Verbs = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** The same for a program whose orders are functions by name; `close` has the last word. */
export function obeyVerbs(verbs: Verbs & { readonly close: () => Promise<void> }): void {
  obeyParent(
    async (name, args) => {
      const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
      if (verb === undefined) throw new Error(`there is no order ${name}`);
      const done: unknown = await Reflect.apply(verb, verbs, args);
      return done;
    },
    () => verbs.close(),
  );
}

/** Orders to a child process and their outcomes; plain data goes over. */
export class OrderedChild {
  readonly child: ChildProcess;
  readonly #what: string;
  readonly #waiting = new Map<
    number,
    { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }
  >();
  #count = 0;

  /** @param what the child, for messages */
  constructor(
    what: string,
    program: string,
    options: {
      readonly execArgv?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ) {
    this.#what = what;
    const { execArgv = [], env = {} } = options;
    // A process group of its own: the terminal's Ctrl-C reaches the parent, which ends it in order.
    const child = fork(program, [], {
      detached: true,
      serialization: 'advanced',
      execArgv: [...execArgv],
      env: { ...process.env, ...env },
    });
    this.child = child;
    child.on('message', ({ id, result, error }: Reply) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(`${what} says: ${error}`));
    });
    child.once('exit', (code, signal) => {
      const why = new Error(`${what} ended (${signal ?? code})`);
      for (const waiting of this.#waiting.values()) waiting.reject(why);
      this.#waiting.clear();
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error(`${this.#what} has no process id`);
    return this.child.pid;
  }

  order(verb: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#count += 1;
    const order: Order = { id: this.#count, verb, args };
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.id, { resolve, reject });
      this.child.send(order, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }
}
