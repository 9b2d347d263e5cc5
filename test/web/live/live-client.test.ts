import { expect, test } from 'vitest';
import type { ServerMessage } from '../../../web/api/models/live.ts';
import { LiveClient, type LiveSocket } from '../../../web/live/live-client.ts';

/** A socket whose other end reads nothing: what is sent waits in it. */
function unread(full: number) {
  const sent: string[] = [];
  const closed: number[] = [];
  const socket: LiveSocket & { bufferedAmount: number } = {
    bufferedAmount: full,
    send(text) {
      sent.push(text);
      socket.bufferedAmount += text.length;
    },
    close: (code) => void closed.push(code),
  };
  const client = new LiveClient(socket, (error) => {
    throw error;
  });
  return { socket, client, sent, closed };
}

const refused: ServerMessage = { type: 'refused', topic: 'x'.repeat(100), detail: 'There is no such topic.' };

test('who asks and does not read is let go, with a bounded memory', () => {
  const { socket, client, closed } = unread(0);
  for (let turn = 0; turn < 100_000; turn += 1) client.answer(refused);
  expect(closed).toEqual([1013]);
  expect(socket.bufferedAmount).toBeLessThan(600 * 1024);
});

test('who reads in between is answered as often as he asks', () => {
  const { socket, client, sent, closed } = unread(0);
  for (let turn = 0; turn < 20_000; turn += 1) {
    client.answer(refused);
    if (turn % 1_000 === 999) socket.bufferedAmount = 0;
  }
  expect(closed).toEqual([]);
  expect(sent).toHaveLength(20_000);
});

test('a long log that waits in the socket lets nobody go', () => {
  const { client, sent, closed } = unread(50 * 1024 * 1024);
  client.answer({ type: 'subscribed', topics: ['tenants'] });
  expect(closed).toEqual([]);
  expect(sent).toHaveLength(1);
});

test('of several logs what does not fit waits for the next delivery', async () => {
  const { socket, client, sent } = unread(0);
  const lines = [{ at: '', stream: 'stdout', line: 'x'.repeat(300 * 1024) }];
  client.wrote('acme', lines);
  client.wrote('globex', lines);
  await expect.poll(() => sent.length).toBe(1);
  expect(sent[0]).toContain('acme');
  socket.bufferedAmount = 0;
  await expect.poll(() => sent.length).toBe(2);
  expect(sent[1]).toContain('globex');
  client.close();
});
