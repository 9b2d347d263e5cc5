import { join } from 'node:path';
import { systemClock } from '../../../reconciler/adapters/clock.ts';
import { openFiles } from '../../../reconciler/adapters/files.ts';
import { openState } from '../../../reconciler/adapters/state.ts';
import { Outbox } from '../../../reconciler/link/outbox.ts';
import { quiet } from '../../support/sandbox.ts';
import type { DiskFolders } from './boundary.ts';

/** What a thing of version 1, 2, … holds: long enough to be torn. */
export function textOf(version: number | string): string {
  return `version ${version} `.repeat(40);
}

export function openOutbox({ dataDir }: Pick<DiskFolders, 'dataDir'>): Promise<Outbox> {
  return Outbox.open({ dir: join(dataDir, 'outbox'), clock: systemClock, log: quiet });
}

/** What the disk did not take at first it takes when the outbox is closed. */
async function tell(text: string, folders: DiskFolders): Promise<void> {
  const outbox = await openOutbox(folders);
  await outbox.append({ text });
  await outbox.close();
}

/**
 * Brings one of each kind that a reconciler writes to a version: a state document, a log, managed files, secrets, what
 * is to be told to the control node.
 * Each is tried, whatever became of those before it. Answers `code message` of each that failed.
 */
export async function bringTo(version: number, folders: DiskFolders): Promise<string[]> {
  const text = textOf(version);
  const state = openState(join(folders.dataDir, 'state'), ({ name, reason }) => {
    throw new Error(`${name} was damaged: ${reason}`);
  });
  const files = openFiles(folders);
  const beginning = async (): Promise<void> => {};
  const writes: readonly (() => Promise<void>)[] = [
    () => state.write('memory', { text }),
    () => state.append('history', { text }, 2),
    () =>
      files.write('acme', { 'a.md': Buffer.from(text), 'prompts/b.md': Buffer.from(`b ${text}`) }, beginning),
    () => tell(text, folders),
    () => files.writeSecrets('acme', new Map([['KEY', Buffer.from(text)]]), beginning),
  ];
  const failures: string[] = [];
  for (const write of writes) {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error)) throw error;
      failures.push(`${String(error.code)} ${error.message}`);
    }
  }
  return failures;
}
