import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, Command } from './worker.ts';

const program = join(import.meta.dirname, 'worker.ts');
/**
 * What Node has made of the code once, for all workers: a new one then costs less than half the processor time. It is
 * told apart by what the code says, and stays for the next campaign.
 */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/tenantry');

/** What a boundary inside the process needs to be there from its first line on. */
export interface WorkerSetup {
  /** Arguments for node, before the program. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A worker from outside. */
export class Worker {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  readonly #answers: Answer[] = [];
  #waiting: (() => void) | null = null;
  #output = '';
  #killed = false;
  #exited = false;

  constructor({ execArgv, env }: WorkerSetup) {
    this.#child = fork(program, [], {
      execArgv: [...execArgv],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    // `close` comes when its output has been read to the end.
    this.#gone = once(this.#child, 'close').then(() => {
      this.#exited = true;
      this.#waiting?.();
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => void (this.#output += text));
    }
    this.#child.on('message', (answer: Answer) => {
      this.#answers.push(answer);
      this.#waiting?.();
    });
    // A message to a process that has just died is lost with it.
    this.#child.on('error', () => {});
  }

  /** Whether it was killed, from here or by a boundary inside it. */
  get killed(): boolean {
    return this.#killed || this.#child.signalCode === 'SIGKILL';
  }

  get alive(): boolean {
    return !this.#exited && !this.#killed;
  }

  /** All that it has written since the last time. */
  takeOutput(): string {
    const output = this.#output;
    this.#output = '';
    return output;
  }

  send(command: Command): void {
    if (this.alive && this.#child.connected) this.#child.send(command);
  }

  /** Its next answer; null when it is gone. */
  async answer(): Promise<Answer | null> {
    while (this.#answers.length === 0 && !this.#exited) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    return this.#answers.shift() ?? null;
  }

  /** Resolves when the process is dead. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

/** Workers one after the other, the next one always ready: a kill costs no waiting. */
export class Workers {
  readonly #setup: WorkerSetup;
  #spare: Worker | null = null;

  constructor(setup: WorkerSetup) {
    this.#setup = setup;
  }

  /** A worker that waits for its first command. @throws when it cannot be started */
  async take(): Promise<Worker> {
    const worker = this.#spare ?? new Worker(this.#setup);
    this.#spare = new Worker(this.#setup);
    const answer = await worker.answer();
    if (answer?.type !== 'ready') throw new Error(`a worker could not be started: ${worker.takeOutput()}`);
    return worker;
  }

  async close(): Promise<void> {
    await this.#spare?.kill();
    this.#spare = null;
  }
}
