import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateKey, saveIdentity } from '../../../desired-state/secrets/identity.ts';
import { seal } from '../../../desired-state/secrets/seal.ts';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { health, yaml } from '../../support/host.ts';
import { root } from '../../support/source-files.ts';

const IMAGE = 'registry.example.com/runtime:v1.0.0';

/** A home folder: `.gitconfig` for git, `git/config` for git where `XDG_CONFIG_HOME` leads there. */
const hostileHome = mkdtempSync(join(tmpdir(), 'tenantry-home-'));
const hostileSettings = `[core]
\tfsmonitor = touch ${hostileHome}/pwned
\tsshCommand = touch ${hostileHome}/pwned
\thooksPath = ${hostileHome}
\tgitProxy = ${hostileHome}/post-checkout
\tattributesFile = ${hostileHome}/attributes
[credential]
\thelper = "!touch ${hostileHome}/pwned; echo password=pwned"
[url "ext::touch ${hostileHome}/pwned "]
\tinsteadOf = http://127.0.0.1
[protocol]
\tallow = always
[protocol "ext"]
\tallow = always
[http]
\tproxy = http://127.0.0.1:1
\tsslVerify = false
\tfollowRedirects = true
[filter "evil"]
\tsmudge = touch ${hostileHome}/pwned
\tclean = touch ${hostileHome}/pwned
\trequired = true
[uploadpack]
\tpackObjectsHook = ${hostileHome}/post-checkout
[gc]
\tpruneExpire = now
[include]
\tpath = ${hostileHome}/more
`;

/** All that the product starts: git with its helper for http, and what puts secrets into memory. */
const declared = ['node', 'git', 'git-remote-http', 'mount', 'umount'];

describe('INV-30: no shell, and no program that is not declared', () => {
  let dir: string;
  let work: FixtureRepository;
  let server: GitServer;
  let engine: EngineDouble;

  beforeAll(() => {
    mkdirSync(join(hostileHome, 'git'));
    for (const name of ['.gitconfig', 'git/config']) writeFileSync(join(hostileHome, name), hostileSettings);
    writeFileSync(
      join(hostileHome, 'more'),
      '[alias]\n\tfetch = !touch pwned\n[core]\n\tpager = touch pwned\n',
    );
    writeFileSync(join(hostileHome, 'attributes'), '* filter=evil\n');
    for (const hook of ['post-checkout', 'reference-transaction', 'pre-auto-gc'])
      writeFileSync(join(hostileHome, hook), `#!/bin/sh\ntouch ${hostileHome}/pwned\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(hostileHome, { recursive: true, force: true }));
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tenantry-programs-'));
    engine = await EngineDouble.open();
    engine.addImage(IMAGE);
    work = makeRepository({
      'tenantry.yaml': yaml('Platform', 'test', {}),
      'nodes/worker-1.yaml': yaml('Node', 'worker-1', { network: { shards: 1 } }),
      'tenants/acme/tenant.yaml': yaml('Tenant', 'acme', { owner: 'a@b.c', node: 'worker-1', image: IMAGE }),
      // None of these may have any effect on a repository that is only read.
      '.gitattributes': '*.yaml filter=evil diff=evil export-subst working-tree-encoding=UTF-8\n',
      '.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:1/\n',
    });
    server = await startGitServer(dirname(work.bare('state.git')));
  });
  afterEach(async () => {
    await server.close();
    await engine.close();
    await removeSecretsMount(join(dir, 'secrets'));
    work.remove();
    await rm(dir, { recursive: true, force: true });
  });

  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['through git', {}],
    // A person's settings and variables, each of which would have git run something.
    [
      'through git, in hostile surroundings',
      {
        GIT_SSH_COMMAND: 'sh -c pwned',
        GIT_PROXY_COMMAND: 'sh -c pwned',
        GIT_EXTERNAL_DIFF: 'sh -c pwned',
        GIT_EDITOR: 'sh -c pwned',
        GIT_PAGER: 'sh -c pwned',
        GIT_ASKPASS: '/bin/sh',
        GIT_TRACE: '/tmp/tenantry-pwned',
        GIT_DIR: '/nonexistent',
        GIT_EXEC_PATH: '/nonexistent',
        GIT_CONFIG_COUNT: '3',
        GIT_CONFIG_KEY_0: 'core.fsmonitor',
        GIT_CONFIG_VALUE_0: 'sh -c pwned',
        GIT_CONFIG_KEY_1: 'credential.helper',
        GIT_CONFIG_VALUE_1: '!sh -c pwned',
        GIT_CONFIG_KEY_2: 'url.ext::sh -c pwned.insteadOf',
        GIT_CONFIG_VALUE_2: 'http://127.0.0.1',
        GIT_ALLOW_PROTOCOL: 'ext:file:http',
        GIT_TEMPLATE_DIR: '/tmp',
        BASH_ENV: '/tmp/tenantry-pwned',
      },
    ],
    // Each of these has git run a program, ask elsewhere, or read another file.
    ['through git, of a person with hostile settings', { HOME: hostileHome, XDG_CONFIG_HOME: hostileHome }],
    ['without git', { PATH: '/nonexistent' }],
  ])('`tenantry reconcile --once` over http, %s', async (_, env) => {
    const secretsDir = env['PATH'] === undefined ? join(dir, 'secrets') : `/dev/shm/${basename(dir)}`;
    const { names, said } = await traced(secretsDir, env);
    await rm(`/dev/shm/${basename(dir)}`, { recursive: true, force: true });
    expect(said).not.toContain('pwned');
    expect(existsSync(join(hostileHome, 'pwned'))).toBe(false);
    expect(engine.container('tenant_acme_runtime').Config.Image).toBe(IMAGE);
    expect([...names].filter((name) => !declared.includes(name))).toEqual([]);
    expect(names.has('git')).toBe(env['PATH'] === undefined);
    expect(names.has('node')).toBe(true);
  });

  test('a tenant with secrets in memory and in its environment, a volume and a health check: made, updated, its secrets changed', async () => {
    const key = await generateKey();
    await mkdir(join(dir, 'data'));
    await saveIdentity(join(dir, 'data', 'node.key'), key, new Date());
    const secretsDir = join(dir, 'secrets');
    const write = async (image: string, value: string): Promise<void> => {
      const sealed = async (name: string) => seal('acme', name, Buffer.from(value), [key.recipient]);
      const values = { API_KEY: await sealed('API_KEY'), DB_URL: await sealed('DB_URL') };
      const runtime = {
        secrets: ['API_KEY', { name: 'DB_URL', as: 'env' }],
        volumes: [{ name: 'state', mountPath: '/data/state' }],
        health,
      };
      const spec = { owner: 'a@b.c', node: 'worker-1', image, runtime };
      work.commit({
        'tenants/acme/tenant.yaml': yaml('Tenant', 'acme', spec),
        'tenants/acme/secrets.yaml': yaml('Secrets', 'acme', { values }),
        'tenants/acme/prompts/tone.yaml': yaml('Prompt', 'tone', { text: `Be kind. (${image})` }),
      });
    };
    const NEXT = IMAGE.replace('v1.0.0', 'v1.0.1');
    engine.addImage(NEXT);
    const started = new Set<string>();
    const revisions: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['made', () => write(IMAGE, 'one')],
      ['updated', () => write(NEXT, 'one')],
      ['its secrets changed', () => write(NEXT, 'two')],
    ];
    for (const [what, commit] of revisions) {
      await commit();
      work.git('push', '--quiet', join(dirname(work.dir), 'state.git'), 'main');
      const before = engine.history.records.length;
      const { names } = await traced(secretsDir, {});
      for (const name of names) started.add(name);
      const changed = engine.history.records
        .slice(before)
        .some((record) => record.kind === 'request' && record.method !== 'GET');
      expect(changed, what).toBe(true);
    }
    const { Config, State } = engine.container('tenant_acme_runtime');
    expect([Config.Image, State.Running]).toEqual([NEXT, true]);
    expect(Config.Env).toContain('DB_URL=two');
    expect(await readFile(join(secretsDir, 'acme', 'API_KEY'), 'utf8')).toBe('two');
    expect([...started].sort()).toEqual(['git', 'git-remote-http', 'mount', 'node']);
  }, 120_000);

  /** Runs `tenantry reconcile --once` under strace. Answers what it started by name, and what it said. */
  async function traced(
    secretsDir: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly names: ReadonlySet<string>; readonly said: string }> {
    const trace = join(dir, 'trace');
    const strace = ['-f', '-qq', '-s', '4096', '-e', 'trace=execve,execveat', '-o', trace];
    const where = ['--repo', `${server.url}/state.git`, '--node', 'worker-1', '--docker', engine.host];
    const folders = ['--data-dir', join(dir, 'data'), '--secrets-dir', secretsDir];
    const program = join(root, 'deploy/cli/main.ts');
    const command = [process.execPath, program, 'reconcile', '--once', ...where, ...folders];
    const set = Object.entries(env).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
    const { stderr, stdout, exitCode } = await execa('strace', [...strace, ...set, ...command], {
      reject: false,
    });
    const said = `${stderr}\n${stdout}`;
    expect(exitCode, said).toBe(0);
    const started = executed(await readFile(trace, 'utf8'));
    return { names: new Set(started.map((path) => basename(path))), said };
  }
});

/** The programs that were really started: the file of each `execve` that succeeded, whichever name it was called by. */
function executed(trace: string): readonly string[] {
  return trace.split('\n').flatMap((line) => {
    const path =
      /execve(?:at)?\((?:[^"]*, )?"([^"]+)".*\) = 0$/.exec(line)?.[1] ??
      /execve(?:at)?\((?:[^"]*, )?"([^"]+)".*<unfinished/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
}
