import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSite } from './campaign/engines.ts';
import { isChange } from './docker/record.ts';
import { workloadNamed } from './workloads/all.ts';
import { Template } from './world/revisions.ts';
import { World } from './world/world.ts';

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

async function daysAhead(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'state', 'status.json'), 'utf8');
  const { value } = JSON.parse(text) as { readonly value: { readonly at: number } };
  return Math.round((value.at - Date.now()) / 86_400_000) + 0;
}

test('INV-17: the clock of a running reconciler jumps a day ahead and two back, and nothing is changed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tenantry-test-clock-'));
  const offset = join(dir, 'offset');
  await writeFile(offset, '+0\n');
  const env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: offset,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const opened = await openSite('double');
  const workload = workloadNamed('update');
  const template = await Template.make(opened.site, [workload]);
  const world = await World.open({ ...opened, template, worker: { execArgv: [], env } });
  try {
    await world.begin(workload);
    expect(await world.once(2)).toMatchObject({ type: 'rounds' });
    expect(await world.loop(250)).toBeNull();
    const began = world.docker.records.length;
    for (const [jump, days] of [
      ['+1d', 1],
      ['-1d', -1],
      ['+0', 0],
    ] as const) {
      await writeFile(offset, `${jump}\n`);
      // The status tells what the process takes the time to be.
      await expect.poll(() => daysAhead(world.home.dataDir), { timeout: 20_000 }).toBe(days);
      const before = world.docker.records.length;
      await expect.poll(() => world.docker.records.length - before, { timeout: 20_000 }).toBeGreaterThan(20);
    }
    expect(world.docker.records.slice(began).filter(isChange)).toEqual([]);
    expect(await world.stopLoop()).toBeNull();
  } finally {
    await world.close();
    template.remove();
    await opened.close();
    await rm(dir, { recursive: true, force: true });
  }
}, 120_000);
