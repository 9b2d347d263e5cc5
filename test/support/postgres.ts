import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

/** A real Postgres server of a test's own, on the loopback address. */
export interface PostgresServer {
  /** Address of a new, empty database. */
  database(): Promise<string>;
  /** Ends the server as a crash does, and all connections with it. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** Starts Debian's Postgres in a temporary folder, as its own user: it refuses to run as root. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries();
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'));
  const user = process.getuid?.() === 0 ? accountOf('postgres') : null;
  if (user !== null) chownSync(dir, user.uid, user.gid);
  const options = { cwd: dir, env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, ...user };
  const data = join(dir, 'data');
  execFileSync(
    join(bin, 'initdb'),
    ['--pgdata', data, '--username=tenantry', '--auth=trust', '--encoding=UTF8', '--no-sync'],
    { ...options, stdio: 'ignore' },
  );
  const port = await freePort();
  const settings = [`unix_socket_directories=${dir}`, 'listen_addresses=127.0.0.1', 'fsync=off'];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  let server: ReturnType<typeof spawn> | undefined;
  let count = 0;
  const url = (name: string): string => `postgres://tenantry:unused@127.0.0.1:${port}/${name}`;

  const start = async (): Promise<void> => {
    server = spawn(join(bin, 'postgres'), args, { ...options, stdio: 'ignore' });
    await answers(url('postgres'), server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  await start();
  return {
    async database() {
      const name = `test_${++count}`;
      const client = new pg.Client({ connectionString: url('postgres') });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      return url(name);
    },
    // Immediate shutdown: no goodbye, recovery at the next start, but no child process stays behind.
    kill: () => end('SIGQUIT'),
    start,
    async remove() {
      await end('SIGINT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The newest of Debian's versions. */
function binaries(): string {
  const folder = '/usr/lib/postgresql';
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  if (versions.length === 0)
    throw new Error('no Postgres in /usr/lib/postgresql: apt-get install postgresql');
  return join(folder, String(Math.max(...versions)), 'bin');
}

function accountOf(name: string): { readonly uid: number; readonly gid: number } {
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string, server: ReturnType<typeof spawn>): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // Not yet: it is starting, and has no event that a stranger could wait for.
      await delay(50);
    }
  }
  throw new Error('postgres did not start within 30 s');
}
