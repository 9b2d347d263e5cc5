import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../reconciler/adapters/clock.ts';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { LogFollower } from '../../../reconciler/link/log-follower.ts';
import { LogPlace } from '../../../reconciler/link/log-place.ts';
import type { LogLine } from '../../../reconciler/ports.ts';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { ensureBusyboxImage } from '../../support/docker-image.ts';
import { quiet } from '../../support/sandbox.ts';

const id = randomBytes(3).toString('hex');
const platform = `test-${id}`;
const tenant = `log${id}`;
const scope = dockerScope(undefined, `tenant_${tenant}`);
const docker = connectDocker();
let image: string;

beforeAll(async () => {
  image = await ensureBusyboxImage();
}, 60_000);
afterAll(() => scope.cleanup(), 60_000);

const run = async (): Promise<string> => {
  // Each line is of its own: what is repeated is seen.
  const script =
    'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do cat /proc/sys/kernel/random/uuid; echo $i 1>&2; done';
  const labels = { platform, node: 'worker-1', tenant };
  const args = Object.entries(labels).flatMap(([name, value]) => [
    '--label',
    `dev.tenantry.${name}=${value}`,
  ]);
  const name = `tenant_${tenant}_runtime`;
  const { stdout } = await execa('docker', ['run', '-d', '--name', name, ...args, image, 'sh', '-c', script]);
  return stdout.trim();
};
const printed = async (container: string): Promise<string[]> => {
  const lines: string[] = [];
  const all = { follow: false, tail: null, timestamps: true };
  for await (const { at, text } of docker.logs(container, all, new AbortController().signal)) {
    lines.push(`${at} ${text}`);
  }
  return lines.sort();
};

test('a log that is followed over restarts and a new container has each line once', async () => {
  const told: string[] = [];
  const follower = new LogFollower({
    docker,
    clock: systemClock,
    log: quiet,
    owner: { platform, node: 'worker-1' },
    send: ({ lines }) => void told.push(...lines.map(({ at, line }) => `${at} ${line}`)),
  });
  const first = await run();
  follower.lookAt([tenant]);
  await expect.poll(() => told.length).toBe(24);
  for (const runs of [2, 3]) {
    await execa('docker', ['start', first]);
    await expect.poll(() => told.length).toBe(24 * runs);
  }
  const before = await printed(first);
  await execa('docker', ['rm', '-f', first]);
  const second = await run();
  await expect.poll(() => told.length).toBe(24 * 4);
  follower.lookAt([]);
  expect([...told].sort()).toEqual([...before, ...(await printed(second))].sort());
}, 60_000);

test('a place in a log that is read in any pieces repeats no line and leaves none out', () => {
  const line = fc.record({
    after: fc.integer({ min: 0, max: 700 }),
    stream: fc.constantFrom('stdout', 'stderr'),
    text: fc.constantFrom('a', 'b'),
    cut: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (script) => {
      let now = Date.parse('2026-11-21T10:00:00Z');
      const log = script.map(({ after, stream, text }): LogLine & { at: string } => {
        now += after;
        return { stream, text, at: new Date(now).toISOString().replace('Z', '000000Z') };
      });
      const place = new LogPlace();
      const told: LogLine[] = [];
      // What is written goes on while nobody reads.
      for (const [index, { cut }] of [...script.entries(), [script.length - 1, { cut: true }] as const]) {
        if (!cut) continue;
        const { since = '', tail } = place.options('c1');
        const written = log.slice(0, index + 1).filter(({ at }) => at >= since);
        const asked = tail === null ? written : written.slice(-tail);
        told.push(...asked.filter((each) => place.take(each)));
      }
      expect(told).toEqual(log);
    }),
  );
});
