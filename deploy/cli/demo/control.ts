import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { joinControl } from '../../../reconciler/link/join.ts';
import { webLog } from '../../../web/http/log.ts';
import { localWebOptions } from '../../../web/options.ts';
import type { CommandContext } from '../context.ts';
import { ControlClient } from './control-client.ts';
import type { DemoNames } from './names.ts';
import { readSignIn, type SignIn, writeSignIn } from './sign-in.ts';

/** The demo's control node while it runs. */
export interface DemoControl {
  readonly url: string;
  readonly signIn: SignIn;
  close(): Promise<void>;
}

/** What the command line commits beside it is seen this soon, in milliseconds. */
const pollMs = 1_000;

/**
 * Starts the control node over the demo's repository, with its embedded store and Git server; sees to a sign-in, that
 * the node has joined, and that the clone to edit in pushes there.
 */
export async function startControl(context: CommandContext, names: DemoNames): Promise<DemoControl> {
  const { startWeb } = await import('../../../web/start.ts');
  const { buildPage } = await import('../../../web/ui/build.ts');
  const known = await readSignIn(names);
  const running = await startWeb(
    localWebOptions({
      dataDir: names.control,
      platform: names.platform,
      port: await freePort(known.port),
      page: await buildPage(),
      pollMs,
      // A person watches: what goes wrong is told, and the rest is on the page.
      log: webLog(context.stderr, 'error'),
      environment: context.env,
    }),
  );
  try {
    const signIn = { ...known, port: Number(new URL(running.url).port) };
    await writeSignIn(names, signIn);
    const client = new ControlClient(running.url);
    await client.signIn({ email: signIn.email, password: signIn.password }, running.setupToken);
    await joinOnce(client, running.url, names);
    await pushThere(client, running.cloneUrl, names);
    await client.signOut();
    return { url: running.url, signIn, close: () => running.close() };
  } catch (error) {
    await running.close();
    throw error;
  }
}

async function joinOnce(client: ControlClient, control: string, { node, dataDir }: DemoNames): Promise<void> {
  if ((await stat(join(dataDir, 'link-key.json')).catch(nullIfMissing)) !== null) return;
  await joinControl({ control, node, dataDir, token: await client.joinToken(node) });
}

/** The clone's `origin`: the Git server, with a token of its own. It stays as a person has set it otherwise. */
async function pushThere(client: ControlClient, cloneUrl: string | null, { repo }: DemoNames): Promise<void> {
  if (cloneUrl === null) return;
  const git = (...args: string[]) => execa('git', ['-C', repo, ...args], { reject: false });
  const { exitCode, stdout } = await git('remote', 'get-url', 'origin');
  const old = exitCode === 0 ? URL.parse(stdout.trim()) : null;
  if (exitCode === 0 && (old === null || old.username !== 'demo')) return;
  const url = new URL(cloneUrl);
  url.username = 'demo';
  url.password = old?.password || (await client.gitToken('demo clone'));
  await execa('git', ['-C', repo, 'remote', exitCode === 0 ? 'set-url' : 'add', 'origin', url.href]);
  await execa('git', ['-C', repo, 'fetch', '--quiet', 'origin']);
  await execa('git', ['-C', repo, 'branch', '--quiet', '--set-upstream-to=origin/main', 'main']);
  // Edits by the page and the command line are in the repository, and not here yet.
  await git('merge', '--quiet', '--ff-only', 'origin/main');
}

/** The port that is asked for where nobody has it, else any. */
async function freePort(wanted: number): Promise<number> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return isFree ? wanted : 0;
}
