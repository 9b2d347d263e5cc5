import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { yaml } from '../../support/host.ts';
import { root } from '../../support/source-files.ts';

const IMAGE = 'registry.example.com/runtime:v1.0.0';

/** All that the product starts: git with its helper for http, and what puts secrets into memory. */
const declared = ['node', 'git', 'git-remote-http', 'mount', 'umount'];

describe('INV-30: no shell, and no program that is not declared', () => {
  let dir: string;
  let work: FixtureRepository;
  let server: GitServer;
  let engine: EngineDouble;

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
    ['without git', { PATH: '/nonexistent' }],
  ])('`tenantry reconcile --once` over http, %s', async (_, env) => {
    const trace = join(dir, 'trace');
    const secretsDir = env['PATH'] === undefined ? join(dir, 'secrets') : `/dev/shm/${basename(dir)}`;
    const strace = ['-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-o', trace];
    const where = ['--repo', `${server.url}/state.git`, '--node', 'worker-1', '--docker', engine.host];
    const folders = ['--data-dir', join(dir, 'data'), '--secrets-dir', secretsDir];
    const command = [
      process.execPath,
      join(root, 'deploy/cli/main.ts'),
      'reconcile',
      '--once',
      ...where,
      ...folders,
    ];
    const set = Object.entries(env).flatMap(([name, value]) => ['-E', `${name}=${value}`]);
    const result = await execa('strace', [...strace, ...set, ...command], { reject: false });
    await rm(`/dev/shm/${basename(dir)}`, { recursive: true, force: true });
    expect(result.stderr + result.stdout).not.toContain('pwned');
    expect(result.exitCode, `${result.stderr}\n${result.stdout}`).toBe(0);
    expect(engine.container('tenant_acme_runtime').Config.Image).toBe(IMAGE);

    const started = executed(await readFile(trace, 'utf8'));
    const names = new Set(started.map((program) => basename(program)));
    expect([...names].filter((name) => !declared.includes(name))).toEqual([]);
    expect(names.has('git')).toBe(env['PATH'] === undefined);
    expect(names.has('node')).toBe(true);
  });
});

/** The programs that were really started: the file of each `execve` that succeeded, whichever name it was called by. */
function executed(trace: string): readonly string[] {
  return trace.split('\n').flatMap((line) => {
    const path =
      /execve\("([^"]+)".*\) = 0$/.exec(line)?.[1] ?? /execve\("([^"]+)".*<unfinished/.exec(line)?.[1];
    return path === undefined ? [] : [path];
  });
}
