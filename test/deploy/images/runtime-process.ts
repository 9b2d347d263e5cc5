import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RuntimeClient, runtimeClient } from './runtime-client.ts';

const server = join(import.meta.dirname, '../../../deploy/images/runtime/server.mjs');

/** The runtime as a process of this machine, with folders of its own that survive its restarts. */
export class RuntimeProcess {
  readonly folder: string;
  #child: ChildProcess | null = null;
  #client: RuntimeClient | null = null;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async prepare(): Promise<RuntimeProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-runtime-'));
    for (const name of ['files/prompts', 'files/skills', 'secrets', 'state', 'session']) {
      await mkdir(join(folder, name), { recursive: true });
    }
    return new RuntimeProcess(folder);
  }

  get client(): RuntimeClient {
    if (this.#client === null) throw new Error('the runtime was not started');
    return this.#client;
  }

  /** Starts it and waits until it listens. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<RuntimeClient> {
    const at = (name: string): string => join(this.folder, name);
    const child = spawn(process.execPath, [server], {
      env: {
        PORT: '0',
        TENANTRY_TENANT: 'acme',
        TENANTRY_FILES: at('files'),
        TENANTRY_SECRETS: at('secrets'),
        STATE_DIR: at('state'),
        SESSION_DIR: at('session'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let complaints = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      const port = /listens on port (\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      child.stdout.resume();
      this.#client = runtimeClient(`http://127.0.0.1:${port}`);
      return this.#client;
    }
    throw new Error(`the runtime ended before it listened: ${complaints}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  /** @returns its exit code; null when the signal ended it */
  async end(name: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null) throw new Error('the runtime does not run');
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(name);
    await ended;
    return child.exitCode;
  }

  async close(): Promise<void> {
    if (this.#child !== null) await this.end('SIGKILL');
    await rm(this.folder, { recursive: true });
  }
}
