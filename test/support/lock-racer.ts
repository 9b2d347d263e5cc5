/**
 * A process that races for host locks, as often as it is told (`fork`): for each message `{key, contenders}` it tries
 * to take the lock of that key so many times at once, and answers how many had it; what it has it keeps until `free`.
 */
import { acquireHostLock, type HostLock } from '../../reconciler/adapters/host-lock.ts';
import { ReconcilerError } from '../../reconciler/errors.ts';

export interface Race {
  readonly key: string;
  readonly contenders: number;
}

let held: HostLock[] = [];

async function tryToTake(key: string): Promise<void> {
  try {
    held.push(await acquireHostLock(key));
  } catch (error) {
    if (!(error instanceof ReconcilerError && error.code === 'lock/held')) throw error;
  }
}

async function answer(message: Race | 'free'): Promise<void> {
  if (message === 'free') {
    for (const lock of held) await lock.release();
    held = [];
  } else {
    await Promise.all(Array.from({ length: message.contenders }, () => tryToTake(message.key)));
  }
  process.send?.(held.length);
}

process.on('message', (message: Race | 'free') => void answer(message));
