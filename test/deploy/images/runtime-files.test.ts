import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../support/engine-wait.ts';
import { RuntimeProcess } from './runtime-process.ts';

let runtime: RuntimeProcess;

beforeEach(async () => {
  runtime = await RuntimeProcess.prepare();
});

afterEach(async () => {
  await runtime.close();
});

function write(path: string, text: string): Promise<void> {
  return writeFile(join(runtime.folder, path), text);
}

async function reloaded(key: 'loads' | 'loadError', change: (value: unknown) => boolean): Promise<unknown> {
  runtime.signal('SIGHUP');
  return until('the files were read anew', async () => {
    const { body } = await runtime.client.get('/api/health');
    return change(body[key]) ? body[key] : null;
  });
}

test('shows each managed file with the sha256 of its bytes', async () => {
  await write('files/config.json', '{"timezone":"Europe/Berlin"}\n');
  await write('files/prompts/welcome.md', 'Say hello.\n');
  await write('files/skills/weather.json', '{"name":"weather","enabled":true}');
  await write('files/prompts/.half.md', 'being written');
  const client = await runtime.start();
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  expect((await client.get('/api/config')).body).toMatchObject({
    sha256: sha256('{"timezone":"Europe/Berlin"}\n'),
    config: { timezone: 'Europe/Berlin' },
  });
  expect((await client.get('/api/prompts')).body['prompts']).toEqual([
    { name: 'welcome', sha256: sha256('Say hello.\n'), text: 'Say hello.\n' },
  ]);
  expect((await client.get('/api/skills')).body['skills']).toEqual([
    {
      id: 'weather',
      sha256: sha256('{"name":"weather","enabled":true}'),
      skill: { name: 'weather', enabled: true },
    },
  ]);
});

test('shows the names of secrets and never a value', async () => {
  await write('secrets/OPENAI_API_KEY', 'canary-of-a-secret');
  const client = await runtime.start();
  expect((await client.get('/api/secrets')).body).toEqual({ names: ['OPENAI_API_KEY'] });
  for (const path of ['/api/health', '/api/config', '/api/state', '/metrics', '/api/secrets']) {
    expect(await client.text(path)).not.toContain('canary');
  }
});

test('reads its files anew on SIGHUP without a restart', async () => {
  await write('files/prompts/welcome.md', 'old');
  const client = await runtime.start();
  const before = (await client.get('/api/health')).body['startedAt'];
  await write('files/prompts/welcome.md', 'new');
  await reloaded('loads', (loads) => loads === 2);
  expect((await client.get('/api/prompts')).body['prompts']).toMatchObject([{ text: 'new' }]);
  expect((await client.get('/api/health')).body['startedAt']).toBe(before);
});

test('keeps what it had when a file is broken, says which one, and recovers', async () => {
  await write('files/prompts/welcome.md', 'old');
  await write('files/skills/weather.json', '{"name":"weather"}');
  const client = await runtime.start();
  await write('files/prompts/welcome.md', 'new');
  await write('files/skills/weather.json', '{"name":');
  expect(await reloaded('loadError', (error) => error !== null)).toContain('skills/weather.json is not JSON');
  expect((await client.get('/api/health')).status).toBe(200);
  expect((await client.get('/api/prompts')).body['prompts']).toMatchObject([{ text: 'old' }]);
  await rm(join(runtime.folder, 'files/skills/weather.json'));
  await reloaded('loads', (loads) => loads === 2);
  expect((await client.get('/api/health')).body['loadError']).toBeNull();
  expect((await client.get('/api/prompts')).body['prompts']).toMatchObject([{ text: 'new' }]);
});

test('is unhealthy when it starts on broken files, for it has nothing to fall back on', async () => {
  await write('files/config.json', '[]');
  const client = await runtime.start();
  const { status, body } = await client.get('/api/health');
  expect(status).toBe(503);
  expect(body['reason']).toContain('config.json is not a JSON object');
});

test('is unhealthy where the configuration or the environment says so', async () => {
  await write('files/config.json', '{"health":"fail"}');
  const client = await runtime.start();
  expect((await client.get('/api/health')).status).toBe(503);
  await write('files/config.json', '{}');
  await reloaded('loads', (loads) => loads === 2);
  expect((await client.get('/api/health')).status).toBe(200);
  await runtime.end('SIGTERM');
  const again = await runtime.start({ UNHEALTHY: '1' });
  expect((await again.get('/api/health')).body).toMatchObject({
    status: 'unhealthy',
    reason: 'UNHEALTHY=1 is set',
  });
});

test('keeps notes and the count of its starts in the state folder', async () => {
  let client = await runtime.start();
  expect((await client.put('/api/state/greeting', 'hello')).status).toBe(200);
  expect((await client.put('/api/state/Not-a-key', 'x')).status).toBe(400);
  expect((await client.put('/api/state/large', 'x'.repeat(70_000))).status).toBe(413);
  expect(await runtime.end('SIGTERM')).toBe(0);
  client = await runtime.start();
  expect((await client.get('/api/state')).body).toEqual({
    boots: 2,
    persistent: true,
    notes: { greeting: 'hello' },
  });
});

test('says that its state lives in memory where there is no folder for it', async () => {
  const client = await runtime.start({ STATE_DIR: join(runtime.folder, 'nowhere') });
  expect((await client.put('/api/state/note', 'x')).body).toMatchObject({ boots: 1, persistent: false });
});

test('answers 404 and 405 with a sentence, and counts requests by route', async () => {
  const client = await runtime.start();
  expect((await client.get('/api/nothing')).status).toBe(404);
  expect((await client.request('/api/health', null)).status).toBe(405);
  const metrics = await client.text('/metrics');
  expect(metrics).toContain('runtime_http_requests_total{route="other",status="404"} 1');
  expect(metrics).toContain('runtime_http_requests_total{route="/api/health",status="405"} 1');
  expect(metrics).toContain('runtime_bridge_state{state="disconnected"} 1');
});

test('does not start on an environment that it cannot understand', async () => {
  await expect(runtime.start({ BRIDGE_OUTCOME: 'maybe' })).rejects.toThrow(
    'BRIDGE_OUTCOME is "maybe": give "connected" or "expired"',
  );
});
