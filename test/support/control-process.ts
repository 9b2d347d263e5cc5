import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliProcess, startCli } from './cli-process.ts';
import { type AskApi, joinNode, signUpAdministrator } from './control-api.ts';

/** `tenantry web` as a process of its own, with an administrator who has signed up. */
export interface ControlProcess {
  /** `http://127.0.0.1:<port>`, the same after each start. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** All that the processes wrote so far. */
  output(): string;
  readonly ask: AskApi;
  /** Makes a node's key in its data folder, and enrols it. */
  join(node: string, dataDir: string): Promise<void>;
  /** Ends it, with no time for anything. */
  kill(): Promise<void>;
  /** Starts it again, where it was. */
  start(): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it in order, and removes its folder. */
  close(): Promise<void>;
}

/**
 * @param options.repo the desired-state repository; without it the control node serves its own
 * @param options.platform name of the installation, for its own repository
 * @param options.databaseUrl a Postgres; without it the store is embedded
 */
export async function startControlProcess(
  options: { readonly repo?: string; readonly databaseUrl?: string; readonly platform?: string } = {},
): Promise<ControlProcess> {
  const { repo, databaseUrl = '', platform = 'platform' } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'tenantry-control-'));
  const where = repo === undefined ? [] : ['--repo', repo];
  const written: string[] = [];
  const begin = async (port: number): Promise<{ child: CliProcess; port: number; invitation: string }> => {
    const child = startCli(
      ['web', ...where, '--data-dir', dataDir, '--port', String(port), '--poll', '1', '--platform', platform],
      {
        env: { DATABASE_URL: databaseUrl },
      },
    );
    const greeting = await child.says('The control node is at ');
    const invited = port === 0 ? await child.says('#invitation=') : '';
    const bound = Number(new URL(greeting.replace(/^.* is at /, '')).port);
    return { child, port: bound, invitation: invited.replace(/^.*#invitation=/, '') };
  };
  const first = await begin(0);
  const { port, invitation } = first;
  let { child } = first;
  const url = `http://127.0.0.1:${port}`;
  const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    await child.end(signal);
    written.push(child.output());
  };
  const ask = await signUpAdministrator(url, invitation).catch(async (error: unknown) => {
    await end('SIGKILL');
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  return {
    url,
    port,
    dataDir,
    output: () => [...written, child.output()].join('\n'),
    ask,
    join: (node, folder) => joinNode(ask, url, node, folder),
    kill: () => end('SIGKILL'),
    async start() {
      ({ child } = await begin(port));
    },
    stop: () => end('SIGTERM'),
    async close() {
      await end('SIGTERM');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
