import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type HealthServer, startHealthServer } from '../../../reconciler/adapters/health-server.ts';
import { watchProcess } from '../../../reconciler/adapters/process-facts.ts';

let server: HealthServer;
let healthy = true;
beforeEach(async () => {
  healthy = true;
  server = await startHealthServer(0, {
    health: () => ({ good: healthy, detail: healthy ? 'passes succeed' : 'the engine is away' }),
    readiness: () => ({ good: false, detail: 'no pass has ended yet' }),
    metrics: () => 'tenantry_tenants 3\n',
  });
});
afterEach(() => server.close());

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

test('answers for liveness and readiness with 200 or 503 and the reason', async () => {
  const well = await ask('/healthz');
  expect([well.status, await well.text()]).toEqual([200, 'passes succeed\n']);
  healthy = false;
  const ill = await ask('/healthz?verbose');
  expect([ill.status, await ill.text()]).toEqual([503, 'the engine is away\n']);
  const unready = await ask('/readyz');
  expect([unready.status, await unready.text()]).toEqual([503, 'no pass has ended yet\n']);
});

test("answers metrics as Prometheus' text", async () => {
  const reply = await ask('/metrics');
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await reply.text()).toBe('tenantry_tenants 3\n');
});

test('takes no other path and no other verb', async () => {
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/healthz', { method: 'POST', body: 'x' })).status).toBe(405);
  const head = await ask('/healthz', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('listens on the loopback address alone', async () => {
  const others = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    await expect(fetch(`http://${address}:${server.port}/healthz`)).rejects.toThrow('fetch failed');
  }
});

test('a port that is taken is refused with what to do', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const bound = taken.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  const never = () => ({ good: true, detail: '' });
  const begun = startHealthServer(port, { health: never, readiness: never, metrics: () => '' });
  await expect(begun).rejects.toThrow(
    `cannot offer health and metrics at 127.0.0.1:${port}: another process listens there; choose another --health-port`,
  );
  await new Promise((resolve) => taken.close(resolve));
});

test('a blocked event loop shows in what the process says of itself', async () => {
  const own = watchProcess();
  // The first sample begins with the first turn of the loop.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const end = performance.now() + 300;
  while (performance.now() < end) Math.sqrt(end);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const facts = own.facts();
  own.stop();
  expect(facts.loopDelay.max).toBeGreaterThan(0.2);
  expect(facts.loopDelay.p50).toBeLessThan(facts.loopDelay.max);
  expect(facts.residentBytes).toBeGreaterThan(facts.heapBytes);
  expect(facts.cpuSeconds).toBeGreaterThan(0.2);
});
