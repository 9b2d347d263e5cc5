import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { starterFiles } from '../../desired-state/write/starter.ts';
import { mayEdit } from '../../web/access/may-edit.ts';
import type { Role } from '../../web/api/models/platform.ts';
import { type GitServer, type GitServerLimits, openGitServer } from '../../web/git-server/git-server.ts';
import type { MayEdit } from '../../web/git-server/push-judge.ts';
import { gitRoutes } from '../../web/git-server/routes.ts';
import { createGitToken, type GitScope } from '../../web/git-server/tokens.ts';
import { webLog } from '../../web/http/log.ts';
import type { AuditEntry, Caller, Database } from '../../web/ports.ts';
import { createServer } from '../../web/server.ts';
import { gitEnv } from './git-repo.ts';

/** What a git command came to. */
export interface GitRun {
  readonly code: number;
  /** Standard output and error, as a person would see them. */
  readonly shown: string;
}

/** An embedded Git server over HTTP with the starter's repository, as `tenantry web` puts it up. */
export interface GitControl {
  /** Where a clone comes from, without credentials. */
  readonly url: string;
  readonly server: GitServer;
  readonly audit: readonly AuditEntry[];
  /** Everything that was logged. */
  readonly logged: readonly string[];
  /** Commits that the followed branch was moved to by pushes. */
  readonly moved: readonly string[];
  /** A token of somebody with a role; owners own `acme`. */
  token(role: Role | null, scopes?: readonly GitScope[]): Promise<string>;
  /** The address with a token in it. */
  as(token: string): string;
  /** A clone in a new folder. */
  clone(token: string): Promise<string>;
  head(branch?: string): Promise<string>;
  close(): Promise<void>;
}

export async function startGitControl(
  db: Database,
  options: {
    readonly ownersUseGit?: boolean;
    readonly limits?: Partial<GitServerLimits>;
    readonly mayEdit?: MayEdit;
  } = {},
): Promise<GitControl> {
  const dir = mkdtempSync(join(tmpdir(), 'tenantry-git-control-'));
  const audit: AuditEntry[] = [];
  const moved: string[] = [];
  const logged: string[] = [];
  const callers = new Map<string, Caller>();
  const log = webLog({ write: (line) => void logged.push(line) }, 'debug');
  const server = await openGitServer({
    folder: join(dir, 'git'),
    name: 'platform',
    branch: 'main',
    mayEdit: options.mayEdit ?? mayEdit,
    moved: async (commit) => void moved.push(commit),
    log,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  const recorder = { record: async (entry: AuditEntry) => void audit.push(entry) };
  const app = await createServer({
    log,
    authenticate: async () => null,
    audit: recorder,
    registry: new Registry(),
    waitingFor: async () => [],
    v1: [],
    outside: [
      gitRoutes({
        db,
        server,
        audit: recorder,
        ownersUseGit: options.ownersUseGit ?? false,
        callerOf: async (account) => callers.get(account) ?? null,
        nodeOf: async () => null,
        isEnrolled: (node) => node === 'worker-1',
        now: Date.now,
      }),
    ],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}/git/platform.git`;
  const as = (token: string): string => url.replace('//', `//git:${encodeURIComponent(token)}@`);
  let clones = 0;
  const control: GitControl = {
    url,
    server,
    audit,
    logged,
    moved,
    as,
    async token(role, scopes = ['read', 'push']) {
      const id = `account-${callers.size + 1}`;
      const owns = new Set(role === 'tenant-owner' ? ['acme'] : []);
      callers.set(id, {
        id,
        // Those who may push their own work alone are who commits here.
        person: {
          name: 'Ada',
          email: ownWorkAlone.has(role) ? 'ada@example.com' : `${role ?? 'nobody'}@example.com`,
        },
        role,
        tenants: role === 'tenant-owner' || role === null ? owns : null,
        owns,
        via: 'git-token',
      });
      const made = await createGitToken(
        db,
        { name: 'laptop', scopes, owner: { account: id }, expiresAt: null },
        Date.now(),
      );
      return made.secret;
    },
    async clone(token) {
      const folder = join(dir, `clone-${++clones}`);
      const { code, shown } = await git(dir, 'clone', '--quiet', as(token), folder);
      if (code !== 0) throw new Error(shown);
      return folder;
    },
    async head(branch = 'main') {
      return (await git(server.path, 'rev-parse', `refs/heads/${branch}`)).shown.trim();
    },
    async close() {
      await app.close();
      await server.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  const begin = join(dir, 'begin');
  mkdirSync(begin);
  await git(begin, 'init', '--quiet', '--initial-branch=main');
  write(begin, await starterFiles({ platform: 'example' }));
  await commit(begin, 'Begin');
  const pushed = await git(begin, 'push', '--quiet', as(await control.token('platform-admin')), 'main');
  if (pushed.code !== 0) throw new Error(`the first push was refused: ${pushed.shown}`);
  return control;
}

const ownWorkAlone: ReadonlySet<Role | null> = new Set(['tenant-owner']);

/** Runs git without holding up the server that runs in the same process. Never throws for what git answers. */
export function git(dir: string, ...args: readonly string[]): Promise<GitRun> {
  return new Promise((resolve, reject) => {
    const options = { env: gitEnv, maxBuffer: 16 * 1024 * 1024 };
    execFile('git', ['-C', dir, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') return reject(error ?? new Error('git did not run'));
      resolve({ code, shown: stdout + stderr });
    });
  });
}

export function write(dir: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content);
  }
}

/** Commits all that is in a work tree. Answers the commit. */
export async function commit(dir: string, message: string): Promise<string> {
  await git(dir, 'add', '--all');
  await git(dir, 'commit', '--quiet', '--message', message);
  return (await git(dir, 'rev-parse', 'HEAD')).shown.trim();
}
