import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../web/store/database.ts';
import { silentLog } from '../../support/database.ts';

const writer = new URL('../../support/store-writer.ts', import.meta.url).pathname;
let dir: string;
let children: ChildProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tenantry-embedded-'));
});
afterEach(async () => {
  for (const child of children) await kill(child);
  children = [];
  rmSync(dir, { recursive: true, force: true });
});

/** A process that writes; resolves when it has told `count` rows. */
async function writing(count: number): Promise<{ child: ChildProcess; told: () => number }> {
  const child = spawn(process.execPath, [writer, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let last = 0;
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`the writer ended after ${last} rows`)));
    let left = count;
    lines.on('line', (line) => {
      last = Number(line);
      if (--left === 0) resolve();
    });
  });
  return { child, told: () => last };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

describe('the embedded store', () => {
  test('keeps every row that it acknowledged when its process is killed, twice over', async () => {
    for (let round = 1; round <= 2; round++) {
      const { child, told } = await writing(50);
      await kill(child);
      const database = await openDatabase({ dir, log: silentLog });
      const rows = await database.query<{ n: number; top: number }>(
        'select count(*) as n, max(n) as top from written',
      );
      await database.close();
      // One more may be there: written, and the process killed before it could tell.
      const kept = rows[0]?.n ?? 0;
      expect(rows[0]?.top).toBe(kept);
      expect(kept).toBeGreaterThanOrEqual(told());
      expect(kept).toBeLessThanOrEqual(told() + 1);
    }
  }, 180_000);

  test('lets one process in, says who has it, and is free when that one dies', async () => {
    const { child } = await writing(1);
    const refused = openDatabase({ dir, log: silentLog });
    await expect(refused).rejects.toMatchObject({
      code: 'store/held',
      message: expect.stringContaining(`process ${child.pid} on `),
    });
    await kill(child);
    const database = await openDatabase({ dir, log: silentLog });
    await expect(openDatabase({ dir, log: silentLog })).rejects.toThrow(`process ${process.pid} on `);
    await database.close();
    const again = await openDatabase({ dir, log: silentLog });
    await again.close();
  }, 120_000);

  test('whose files are broken says so, and does not begin anew over them', async () => {
    const database = await openDatabase({ dir, log: silentLog });
    await database.close();
    truncateSync(join(dir, 'postgres', 'global', 'pg_control'), 10);
    await expect(openDatabase({ dir, log: silentLog })).rejects.toMatchObject({
      code: 'store/unreadable',
      message: expect.stringContaining('move the folder away'),
    });
    // The lock went with the failure.
    await expect(openDatabase({ dir, log: silentLog })).rejects.toMatchObject({ code: 'store/unreadable' });
  }, 120_000);
});
