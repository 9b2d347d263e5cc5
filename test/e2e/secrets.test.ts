import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { execa } from 'execa';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgeKey, generateKey, saveIdentity } from '../../desired-state/secrets/identity.ts';
import { seal } from '../../desired-state/secrets/seal.ts';
import type { Plan } from '../../reconciler/plan/plan.ts';
import { type OnceResult, startReconciler } from '../../reconciler/start.ts';
import { engineHost } from '../support/engine.ts';
import { health, runtimeImage, statusOf, TestHost, yaml } from '../support/host.ts';
import { canary, filesBelow, leaksIn } from '../support/leaks.ts';
import { tenantWhen } from '../support/watched.ts';

const tmpfsMagic = 0x01021994;
const docker = async (...args: string[]) =>
  (await execa('docker', ['--host', engineHost(), ...args], { all: true })).all;

let host: TestHost;
let key: AgeKey;
let image: string;
/** All that reconcilers of this file have logged. */
let logged = '';
const log = pino(
  { level: 'debug' },
  new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  }),
);

/** Values that were ever in force. Files' values must be nowhere; the environment's only where Docker keeps it. */
const values = { file: [canary()], other: canary(), env: [canary()] };
/** Results and plans as JSON. */
const told: string[] = [];

beforeAll(async () => {
  image = await runtimeImage('v1');
  key = await generateKey();
  host = await TestHost.make();
  await mkdir(join(host.dir, 'data'));
  await saveIdentity(join(host.dir, 'data', 'node.key'), key, new Date());
}, 300_000);
afterAll(() => host.remove(), 60_000);

describe('secrets on a real engine', { timeout: 60_000 }, () => {
  test('files reach the runtime under /run/secrets, in memory and read-only; the environment only where asked', async () => {
    await commit('acme', {
      API_KEY: newest(values.file),
      OTHER_KEY: values.other,
      DB_URL: newest(values.env),
    });
    host.tenant('neighbour', { image, runtime: { health } });
    const result = await once();
    expect(result.status.tenants.map(({ phase, reason }) => [phase, reason])).toEqual([
      ['InSync', ''],
      ['InSync', ''],
    ]);
    expect(await host.ask('acme', '/api/secrets')).toEqual({ names: ['API_KEY', 'OTHER_KEY'] });
    expect(await readFile(await inRuntime('API_KEY'), 'utf8')).toBe(newest(values.file));
    expect(await readFile(await inRuntime('OTHER_KEY'), 'utf8')).toBe(values.other);
    expect((await statfs(await inRuntime(''))).type).toBe(tmpfsMagic);
    await expect(writeFile(await inRuntime('PLANTED'), '')).rejects.toMatchObject({ code: 'EROFS' });
    const env = (await host.inspect('acme'))?.Config.Env ?? [];
    expect(env).toContain(`DB_URL=${newest(values.env)}`);
    expect(env.filter((line) => /API_KEY|OTHER_KEY/.test(line))).toEqual([]);
  });

  test('another value of a file is written in place, and the runtime is told to reload', async () => {
    const before = await host.identity('acme');
    const loads = await loadsOf('acme');
    values.file.push(canary());
    await commit('acme', {
      API_KEY: newest(values.file),
      OTHER_KEY: values.other,
      DB_URL: newest(values.env),
    });
    const status = statusOf(await once(), host.name('acme'));
    expect(status.phase).toBe('InSync');
    expect(status.lastResult?.steps).toEqual([
      'write secrets API_KEY, OTHER_KEY to memory',
      `tell ${host.container('acme')} to reload (SIGHUP)`,
    ]);
    expect(await readFile(await inRuntime('API_KEY'), 'utf8')).toBe(newest(values.file));
    await expect.poll(() => loadsOf('acme')).toBe(loads + 1);
    expect(await host.identity('acme')).toEqual(before);
    expect((await once()).mutations).toBe(0);
  });

  test('another value of an environment variable takes another container', async () => {
    const before = await host.identity('acme');
    values.env.push(canary());
    await commit('acme', {
      API_KEY: newest(values.file),
      OTHER_KEY: values.other,
      DB_URL: newest(values.env),
    });
    expect(statusOf(await once(), host.name('acme')).phase).toBe('InSync');
    expect((await host.identity('acme')).id).not.toBe(before.id);
    expect((await host.inspect('acme'))?.Config.Env).toContain(`DB_URL=${newest(values.env)}`);
    expect((await once()).mutations).toBe(0);
  });

  test('a file edited by hand is shown by fingerprints, and healed in place', async () => {
    const before = await host.identity('acme');
    const edited = canary();
    values.file.unshift(edited);
    const path = join(host.dir, 'secrets', host.name('acme'), 'API_KEY');
    await rm(path);
    await writeFile(path, edited, { mode: 0o444 });
    const plan = await planOnly();
    const found = plan.tenants.find(({ tenant }) => tenant === host.name('acme'));
    const shown = { secret: 'API_KEY', fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/) };
    expect(found?.changes).toEqual([
      {
        resource: { kind: 'secret-files', name: host.name('acme') },
        kind: 'update',
        cause: 'drift',
        fields: [{ path: 'API_KEY', desired: shown, actual: shown }],
      },
    ]);
    const [field] = found?.changes[0]?.fields ?? [];
    expect(field?.actual).not.toEqual(field?.desired);
    expect(statusOf(await once(), host.name('acme')).phase).toBe('InSync');
    expect(await readFile(await inRuntime('API_KEY'), 'utf8')).toBe(newest(values.file));
    expect(await host.identity('acme')).toEqual(before);
  });

  test("another tenant's ciphertext refuses the tenant that copied it, which runs on", async () => {
    await commit('globex', { API_KEY: values.other });
    await once();
    const before = [await host.identity('globex'), await host.identity('acme')];
    const stolen = await sealed('acme', { API_KEY: newest(values.file) });
    host.commit({ [`tenants/${host.name('globex')}/secrets.yaml`]: secretsFile('globex', stolen) });
    const status = statusOf(await once(), host.name('globex'));
    expect(status).toMatchObject({ phase: 'Failed', state: 'running' });
    expect(status.reason).toBe(
      `secret API_KEY cannot be opened: The ciphertext of API_KEY of ${host.name('globex')} was made for API_KEY of ` +
        `${host.name('acme')}; set the value again instead of copying it.`,
    );
    expect([await host.identity('globex'), await host.identity('acme')]).toEqual(before);
    const file = join(host.dir, 'secrets', host.name('globex'), 'API_KEY');
    expect(await readFile(file, 'utf8')).toBe(values.other);
  });

  test('INV-22: no value is in the data folder, in what Docker shows, in logs, plans or results', async () => {
    told.push(JSON.stringify(await planOnly()));
    const places = await filesBelow(join(host.dir, 'data'));
    for (const tenant of ['acme', 'globex', 'neighbour']) {
      const name = host.container(tenant);
      places.set(`logs of ${tenant}`, await docker('logs', name));
      // One line a variable: the one that was asked for is where Docker keeps it, and is looked at by itself.
      const lines = (await docker('inspect', name)).split('\n');
      places.set(`inspect of ${tenant}`, lines.filter((line) => !isAskedFor(line)).join('\n'));
      const askedFor = lines.filter(isAskedFor).map((line) => leaksIn(line, newest(values.env)));
      expect(askedFor).toEqual(tenant === 'acme' ? [['json']] : []);
    }
    places.set('log of the reconciler', logged);
    places.set('plans and results', told.join('\n'));
    expect([...places.keys()].map((path) => path.replace(/^.*\/data\//, ''))).toEqual(
      expect.arrayContaining(['state/status.json', 'state/memory.json', 'state/history.jsonl']),
    );
    expect(logged).toContain('write secrets');
    const hits = [...places].flatMap(([place, text]) =>
      [...values.file, values.other, ...values.env].flatMap((value) =>
        leaksIn(text, value).map((form) => `${place}: ${form}`),
      ),
    );
    expect(hits).toEqual([]);
    const identity = key.identity.slice('AGE-SECRET-KEY-1'.length);
    expect([...places].filter(([, text]) => text.includes(identity)).map(([place]) => place)).toEqual([
      join(host.dir, 'data', 'node.key'),
    ]);
  });

  test('the search for values finds them in every encoding', () => {
    const value = canary();
    const around = Buffer.from(`a${value}bc`);
    expect(leaksIn(`a${value}b`, value)).toContain('raw');
    expect(leaksIn(JSON.stringify({ value }), value)).toContain('json');
    expect(leaksIn(around.toString('base64'), value)).toContain('base64');
    expect(leaksIn(around.toString('base64url'), value)).toContain('base64url');
    expect(leaksIn(around.toString('hex'), value)).toContain('hex');
    expect(leaksIn(`?v=${encodeURIComponent(value)}`, value)).toContain('url');
    expect(leaksIn('another text', value)).toEqual([]);
  });

  test('a secret that Git names no more is gone from memory', async () => {
    const before = await host.identity('acme');
    await commit('acme', { API_KEY: newest(values.file), DB_URL: newest(values.env) });
    expect(statusOf(await once(), host.name('acme')).phase).toBe('InSync');
    await expect(readFile(join(host.dir, 'secrets', host.name('acme'), 'OTHER_KEY'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await host.identity('acme')).toEqual(before);
  });
});

describe('a node without a key', { timeout: 60_000 }, () => {
  let bare: TestHost;
  beforeAll(async () => {
    bare = await TestHost.make();
  });
  afterAll(() => bare.remove(), 60_000);

  test('says which command makes one, and goes on by itself when it is there', async () => {
    const values = {
      API_KEY: await seal(bare.name('acme'), 'API_KEY', Buffer.from(canary()), [key.recipient]),
    };
    bare.tenant(
      'acme',
      { image, runtime: { health, secrets: ['API_KEY'] } },
      { 'secrets.yaml': yaml('Secrets', bare.name('acme'), { values }) },
    );
    bare.tenant('neighbour', { image, runtime: { health } });
    const file = join(bare.dir, 'data', 'node.key');
    const running = await bare.run({ pollMs: 300, tickMs: 3_600_000 });
    try {
      const failed = await tenantWhen(bare, 'acme', 'is refused', ({ phase }) => phase === 'Failed');
      expect(failed.reason).toBe(
        `secret API_KEY cannot be opened: There is no key at ${file}; "tenantry secret keygen" makes one.`,
      );
      await tenantWhen(bare, 'neighbour', 'runs all the same', ({ phase }) => phase === 'InSync');
      expect(await bare.inspect('acme')).toBeNull();
      await saveIdentity(file, key, new Date());
      await tenantWhen(bare, 'acme', 'runs', ({ phase }) => phase === 'InSync');
      expect(await bare.ask('acme', '/api/secrets')).toEqual({ names: ['API_KEY'] });
    } finally {
      await running.stop();
    }
  });
});

function isAskedFor(line: string): boolean {
  return line.trimStart().startsWith('"DB_URL=');
}

async function once(): Promise<OnceResult> {
  const result = await host.once({ log });
  told.push(JSON.stringify(result));
  return result;
}

async function planOnly(): Promise<Plan> {
  const reconciler = await startReconciler(host.options({ log }), 'plan');
  try {
    const { plan, status } = await reconciler.plan();
    told.push(JSON.stringify({ plan, status }));
    return plan;
  } finally {
    await reconciler.close();
  }
}

/** Commits a tenant with these secrets; `DB_URL` goes to the environment, the others are files. */
async function commit(tenant: string, clear: Record<string, string>): Promise<void> {
  const secrets = Object.keys(clear).map((name) => (name === 'DB_URL' ? { name, as: 'env' } : name));
  const file = secretsFile(tenant, await sealed(tenant, clear));
  host.tenant(tenant, { image, runtime: { health, secrets } }, { 'secrets.yaml': file });
}

async function sealed(tenant: string, clear: Record<string, string>): Promise<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(clear)) {
    result[name] = await seal(host.name(tenant), name, Buffer.from(value), [key.recipient]);
  }
  return result;
}

function secretsFile(tenant: string, sealedValues: Record<string, string>): string {
  return yaml('Secrets', host.name(tenant), { values: sealedValues });
}

/** A path as the tenant's runtime sees it, through its own mount namespace. */
async function inRuntime(name: string): Promise<string> {
  const pid = await docker('inspect', '--format', '{{.State.Pid}}', host.container('acme'));
  return join('/proc', pid, 'root', 'run', 'secrets', name);
}

/** How often the runtime has read its files. */
async function loadsOf(tenant: string): Promise<number> {
  const answer = await host.ask(tenant, '/api/health');
  return typeof answer === 'object' && answer !== null && 'loads' in answer
    ? Number(answer.loads)
    : Number.NaN;
}

function newest(list: readonly string[]): string {
  return list.at(-1) ?? '';
}
