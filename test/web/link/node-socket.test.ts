import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { NodeSocket } from '../../../web/link/node-socket.ts';
import type { Received } from '../../../web/link/stretches.ts';
import { silentLog } from '../../support/database.ts';

const MIB = 1024 * 1024;

/** A node at the other end, which sends as long as it is read. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  readonly sent: { type: string; seq?: number }[] = [];
  isPaused = false;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as { type: string });
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
    this.emit('resumed');
  }
  close(): void {
    this.emit('close');
  }
  terminate(): void {
    this.emit('close');
  }
  /** Sends entries from `seq` on, each of so many characters, until it is not read any more. Answers the next one. */
  tell(seq: number, last: number, characters: number): number {
    let next = seq;
    for (; next <= last && !this.isPaused; next += 1) {
      const data = { words: 'x'.repeat(characters) };
      const entry = { kind: 'event', tenant: 'acme', at: 1, type: 'container/die', data };
      this.emit('message', Buffer.from(JSON.stringify({ type: 'entry', seq: next, at: 1, entry })), false);
    }
    return next;
  }
}

/** A link whose store takes nothing until it is let. */
async function linked() {
  const socket = new FakeSocket();
  const batches: number[][] = [];
  const held: (() => void)[] = [];
  new NodeSocket({
    node: 'worker-1',
    socket: socket as unknown as WebSocket,
    log: silentLog,
    silenceMs: 600_000,
    accepted: async () => 0,
    take: async (_position, entries: readonly Received[]) => {
      await new Promise<void>((resolve) => held.push(resolve));
      batches.push(entries.map(({ seq }) => seq));
      return [];
    },
    onHello: () => undefined,
    onHeard: () => undefined,
    onNow: () => undefined,
    revision: () => null,
    onWelcomed: () => undefined,
  });
  const hello = { type: 'hello', protocol: 1, node: 'worker-1', platform: 'x', version: '0', outbox: 'g1-x' };
  socket.emit('message', Buffer.from(JSON.stringify(hello)), false);
  await expect.poll(() => socket.sent.map(({ type }) => type)).toEqual(['welcome']);
  /** Lets the store take one transaction. */
  const take = async (): Promise<void> => {
    await expect.poll(() => held.length).toBeGreaterThan(0);
    const before = socket.sent.length;
    held.shift()?.();
    await expect.poll(() => socket.sent.length).toBe(before + 1);
  };
  return { socket, batches, take };
}

test('large entries wait up to a bound, are taken some at a time, and none is lost', async () => {
  const { socket, batches, take } = await linked();
  let next = socket.tell(1, 40, MIB);
  // One is with the store already; what waits beside it is 16 MiB and the one with which it was too much.
  expect([next - 1, socket.isPaused]).toEqual([17, true]);
  while (batches.flat().length < 40) {
    await take();
    if (!socket.isPaused) next = socket.tell(next, 40, MIB);
  }
  expect(batches.flat()).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  expect(Math.max(...batches.map(({ length }) => length))).toBe(3);
  expect(socket.sent.at(-1)).toEqual({ type: 'ack', seq: 40 });
  socket.close();
});

test('an entry that is larger than a transaction is to be is taken alone', async () => {
  const { socket, batches, take } = await linked();
  socket.tell(1, 3, 5 * MIB);
  for (let turn = 0; turn < 3; turn += 1) await take();
  expect(batches).toEqual([[1], [2], [3]]);
  socket.close();
});

test('small entries are taken 200 at once, and 1,200 wait', async () => {
  const { socket, batches, take } = await linked();
  const next = socket.tell(1, 5_000, 10);
  expect([next - 1, socket.isPaused]).toEqual([1_202, true]);
  for (let turn = 0; turn < 3; turn += 1) await take();
  expect(batches.map(({ length }) => length)).toEqual([1, 200, 200]);
  socket.close();
});
