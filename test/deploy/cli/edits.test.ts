import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadIdentity } from '../../../desired-state/secrets/identity.ts';
import { openSealed } from '../../../desired-state/secrets/seal.ts';
import { type Ended, git, inProcess, temporaryFolder, tenantry } from './command.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let repo: string;

const run = (...args: string[]): Promise<Ended> => inProcess(args, { cwd: repo });
const file = (path: string): Promise<string> => readFile(join(repo, path), 'utf8');
const head = (): Promise<string> => git(repo, 'rev-parse', 'HEAD');

beforeAll(async () => {
  folder = await temporaryFolder();
  repo = join(folder.path, 'platform');
  expect((await tenantry(['init', repo, '--platform', 'clitest'])).code).toBe(0);
});
afterAll(() => folder.remove());

describe('tenantry init and validate', () => {
  it('makes a Git repository that validates, by the author that was named', async () => {
    expect(await git(repo, 'log', '--format=%an <%ae>')).toBe('Test Person <test@example.com>');
    expect(await git(repo, 'status', '--porcelain')).toBe('');
    const { code, stdout } = await run('validate');
    expect(stdout).toMatch(/: \d+ documents, no problems\.$/);
    expect(code).toBe(0);
  });

  it('refuses a folder that is not empty', async () => {
    const { code, stderr } = await inProcess(['init', repo]);
    expect(stderr).toContain('is not empty');
    expect(code).toBe(1);
  });

  it('tells file, line and column of each problem, in the three formats, and ends with 1', async () => {
    const path = 'tenants/acme/tenant.yaml';
    const before = await file(path);
    try {
      await writeFile(join(repo, path), before.replace('channel: production', 'channel: productoin'));
      const line = before.split('\n').findIndex((text) => text.includes('channel:')) + 1;
      const text = await run('validate');
      expect(text.stdout).toContain(`error ${path}:${line}:`);
      const json: unknown = JSON.parse((await run('validate', '--format', 'json')).stdout);
      expect(json).toMatchObject({
        valid: false,
        revision: 'work tree',
        problems: [{ path, line, severity: 'error' }],
      });
      const github = await run('validate', '--format', 'github');
      expect(github.stdout).toMatch(new RegExp(`^::error file=${path},line=${line},col=\\d+,title=`));
      expect([text.code, github.code]).toEqual([1, 1]);
      expect((await run('validate', '--ref', 'HEAD')).code).toBe(0);
    } finally {
      await writeFile(join(repo, path), before);
    }
  });

  it('says which revision is unknown', async () => {
    const { code, stderr } = await run('validate', '--ref', 'nowhere');
    expect(stderr).toContain('no revision "nowhere"');
    expect(code).toBe(1);
  });
});

describe('edits of tenants and channels', () => {
  it('set one field as one commit that keeps the comments, and say what follows', async () => {
    const before = await file('tenants/acme/tenant.yaml');
    const { code, stdout, stderr } = await run('tenant', 'set', 'acme', 'runtime.resources.memory=320Mi');
    expect(stderr).toBe('');
    expect(stdout).toContain('acme: set runtime.resources.memory to 320Mi');
    expect(stdout).toContain('updated in place; nothing restarts');
    expect(code).toBe(0);
    expect(await file('tenants/acme/tenant.yaml')).toBe(before.replace('memory: 384Mi', 'memory: 320Mi'));
    expect(stdout.slice(0, 8)).toBe((await head()).slice(0, 8));
    expect(await git(repo, 'log', '-1', '--format=%an %s')).toBe(
      'Test Person acme: set runtime.resources.memory to 320Mi',
    );
  });

  it('do nothing twice', async () => {
    const before = await head();
    const { code, stdout } = await run('tenant', 'set', 'acme', 'runtime.resources.memory=320Mi');
    expect(stdout).toContain('Nothing to do');
    expect(code).toBe(0);
    expect(await head()).toBe(before);
  });

  it('refuse what the schema refuses, with its place, and commit nothing', async () => {
    const before = await head();
    const { code, stderr } = await run('tenant', 'set', 'acme', 'runtime.resources.memory=lots');
    expect(stderr).toMatch(/tenants\/acme\/tenant\.yaml:\d+:\d+/);
    expect(code).toBe(1);
    expect(await head()).toBe(before);
  });

  it('show with --dry-run what would change, and commit nothing', async () => {
    const before = await head();
    const { code, stdout } = await run('tenant', 'stop', 'globex', '--dry-run');
    expect(stdout).toContain('Would commit: globex: stop the runtime');
    expect(stdout).toMatch(/^\+.*state: stopped/m);
    expect(stdout).toContain('globex: stopped.');
    expect(code).toBe(0);
    expect(await head()).toBe(before);
    expect(await git(repo, 'status', '--porcelain')).toBe('');
  });

  it('start, restart, suspend and resume a tenant', async () => {
    expect((await run('tenant', 'start', 'initech')).stdout).toContain('initech: started');
    expect((await run('tenant', 'restart', 'globex')).stdout).toContain('globex: replaced, no interruption.');
    const suspended = await run('tenant', 'suspend', 'acme', '--for', '2h', '--reason', 'moving its data');
    expect(suspended.stdout).toContain('acme: left alone while it is suspended.');
    expect((await run('tenant', 'resume', 'acme')).stdout).toContain('acme: reconciled again.');
    expect(await git(repo, 'log', '-4', '--format=%s', '--reverse')).toMatch(
      /^initech: start the runtime\nglobex: restart the runtime\nacme: suspend until .*Z\nacme: end the suspension$/,
    );
  });

  it('pin a build and promote it, and refuse a tag that moves', async () => {
    const ref = 'registry.example.com/tenantry/runtime:sha-1234abc';
    expect((await run('pin', 'staging', `runtime=${ref}`)).stdout).toContain(
      'globex: replaced, no interruption.',
    );
    const promoted = await run('promote', '--from', 'staging', '--to', 'production', '--format', 'json');
    const answer: unknown = JSON.parse(promoted.stdout);
    expect(answer).toMatchObject({
      commit: await head(),
      subject: 'production: promote runtime from staging',
    });
    expect(await file('channels/production.yaml')).toContain(`runtime: ${ref}`);
    const refused = await run('pin', 'staging', 'runtime=registry.example.com/runtime:latest');
    expect(refused.stderr).toContain('`latest` moves');
    expect(refused.code).toBe(2);
  });

  it('add a tenant, list and show it, bring it back to what it was, and remove it', async () => {
    const added = await run('tenant', 'add', 'umbrella', '--node', 'worker-1', '--plan', 'free');
    expect(added.stdout).toContain('umbrella: created on worker-1.');
    const first = await head();
    expect((await run('tenant', 'list', '--names')).stdout.split('\n')).toEqual([
      'acme',
      'globex',
      'initech',
      'umbrella',
    ]);
    expect((await run('tenant', 'set', 'umbrella', 'runtime.env.COLOUR=red')).code).toBe(0);
    const shown: unknown = JSON.parse((await run('tenant', 'show', 'umbrella', '--format', 'json')).stdout);
    expect(shown).toMatchObject({ desired: { owner: 'test@example.com', env: { COLOUR: 'red' } } });
    expect((await run('tenant', 'rollback', 'umbrella', '--to', first)).code).toBe(0);
    expect(await file('tenants/umbrella/tenant.yaml')).not.toContain('COLOUR');
    expect((await run('tenant', 'remove', 'umbrella')).stdout).toContain('its volumes stay');
    expect(await stat(join(repo, 'tenants/umbrella')).catch(() => null)).toBeNull();
  });

  it('bring back one file of a tenant and leave the others of its folder as they are', async () => {
    const before = await head();
    const prompt = await file('tenants/acme/prompts/greeting.yaml');
    expect((await run('tenant', 'set', 'acme', 'drift=report')).code).toBe(0);
    const back = await run('tenant', 'rollback', 'acme', '--to', before);
    expect({ code: back.code, stderr: back.stderr }).toEqual({ code: 0, stderr: '' });
    expect(await file('tenants/acme/tenant.yaml')).not.toContain('drift: report');
    expect(await file('tenants/acme/prompts/greeting.yaml')).toBe(prompt);
  });

  it('set new tokens to pair and to disconnect', async () => {
    expect((await run('tenant', 'pair', 'acme')).stdout).toContain('acme: asked once to pair.');
    expect((await run('tenant', 'disconnect', 'acme')).stdout).toContain('acme: asked once to disconnect.');
    expect(parse(await file('tenants/acme/tenant.yaml'))).toMatchObject({
      spec: { whatsapp: { pairing: expect.stringMatching(/Z$/), disconnect: expect.stringMatching(/Z$/) } },
    });
  });

  it('approve a removal by name', async () => {
    const revision = await head();
    const args = [
      'approve',
      '--node',
      'worker-1',
      '--revision',
      revision.slice(0, 10),
      '--remove',
      'old-one',
      'old-two',
    ];
    expect((await run(...args)).stdout).toContain('worker-1: approve the removal of 2 tenants');
    expect(parse(await file('tenantry.yaml'))).toMatchObject({
      spec: {
        approvals: [{ node: 'worker-1', revision, remove: ['old-one', 'old-two'], by: 'test@example.com' }],
      },
    });
  });

  it('tell the history of a tenant from its commits, away from its node', async () => {
    const { code, stdout } = await run('history', 'acme', '--data-dir', join(folder.path, 'none'));
    expect(stdout).toContain('acme: set runtime.resources.memory to 320Mi');
    expect(stdout).not.toContain('globex: restart');
    expect(code).toBe(0);
  });

  it('leave the work tree clean', async () => {
    expect(await git(repo, 'status', '--porcelain')).toBe('');
    expect((await run('validate')).code).toBe(0);
  });
});

describe('secrets', () => {
  const value = 'canary-5c1f-line1\nline2';
  const dataDir = (): string => join(folder.path, 'node');

  it('need the key of the node first', async () => {
    const { code, stderr } = await inProcess(['secret', 'set', 'acme', 'API_KEY'], {
      cwd: repo,
      input: value,
    });
    expect(stderr).toContain('tenantry secret keygen --node worker-1');
    expect(code).toBe(1);
  });

  it('get a key whose private half is a file of its owner alone, and whose public half is committed', async () => {
    const { code, stderr, stdout } = await run(
      'secret',
      'keygen',
      '--node',
      'worker-1',
      '--data-dir',
      dataDir(),
    );
    expect(stderr).toContain('node.key');
    expect(code).toBe(0);
    expect((await stat(join(dataDir(), 'node.key'))).mode & 0o777).toBe(0o600);
    const { recipient, identity } = await loadIdentity(join(dataDir(), 'node.key'));
    expect(await file('nodes/worker-1.yaml')).toContain(recipient);
    expect(stdout + stderr).not.toContain(identity);
    expect((await run('secret', 'keygen', '--node', 'worker-1', '--data-dir', dataDir())).stdout).toContain(
      'Nothing to do',
    );
  });

  it('refuse a second key for a node unless it is meant', async () => {
    const elsewhere = join(folder.path, 'elsewhere');
    const { code, stderr } = await run('secret', 'keygen', '--node', 'worker-1', '--data-dir', elsewhere);
    expect(stderr).toContain('--replace');
    expect(code).toBe(1);
    expect(await stat(elsewhere).catch(() => null)).toBeNull();
  });

  it('print a recovery key once, and its public half is in the repository', async () => {
    const { stdout, code } = await run('secret', 'keygen', '--recovery');
    expect(code).toBe(0);
    const recipient = /^Public key: +(age1\S+)$/m.exec(stdout)?.[1] ?? '';
    expect(stdout).toMatch(/^Private key: AGE-SECRET-KEY-1/m);
    expect(await file('tenantry.yaml')).toContain(recipient);
    expect(await git(repo, 'log', '-p')).not.toContain('AGE-SECRET-KEY-1');
  });

  it('come from standard input, are committed sealed, and never appear in clear', async () => {
    const ended = await tenantry(['secret', 'set', 'acme', 'API_KEY'], { cwd: repo, input: `${value}\n` });
    expect(ended.code).toBe(0);
    expect(ended.stdout + ended.stderr).not.toContain('canary');
    expect(await git(repo, 'log', '-p')).not.toContain('canary');
    const { identity } = await loadIdentity(join(dataDir(), 'node.key'));
    const document: unknown = parse(await file('tenants/acme/secrets.yaml'));
    expect(document).toMatchObject({ spec: { values: { API_KEY: expect.stringContaining('BEGIN AGE') } } });
    const sealed =
      /-----BEGIN AGE[^]*END AGE ENCRYPTED FILE-----/.exec(await file('tenants/acme/secrets.yaml'))?.[0] ??
      '';
    const opened = await openSealed('acme', 'API_KEY', sealed.replaceAll(/^ +/gm, ''), identity);
    expect(Buffer.from(opened).toString()).toBe(value);
  });

  it('are listed by name, shown without ciphertext, and removed', async () => {
    expect((await run('secret', 'list', 'acme')).stdout).toBe('API_KEY');
    expect((await run('tenant', 'show', 'acme', '--format', 'json')).stdout).not.toContain('BEGIN AGE');
    expect((await run('secret', 'unset', 'acme', 'API_KEY')).code).toBe(0);
    expect((await run('secret', 'list', 'acme', '--format', 'json')).stdout).toBe('[]');
  });

  it('are refused when empty', async () => {
    const { code, stderr } = await inProcess(['secret', 'set', 'acme', 'API_KEY'], {
      cwd: repo,
      input: '\n',
    });
    expect(stderr).toContain('empty');
    expect(code).toBe(1);
  });
});
