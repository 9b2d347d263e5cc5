import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runBackend } from '../../../web/git-server/backend.ts';
import { serverEnvironment } from '../../../web/git-server/repository.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';

const maxBytes = 64 * 1024;
const piece = Buffer.alloc(8 * 1024, 'x');

let repository: FixtureRepository;
let read: number;

beforeEach(() => {
  repository = makeRepository();
  read = 0;
});
afterEach(() => repository.remove());

/** A body of so many pieces, of which those that were taken are counted. */
function bodyOf(pieces: number): Readable {
  function* each(): Generator<Buffer> {
    for (; read < pieces; read += 1) yield piece;
  }
  return Readable.from(each(), { objectMode: false, highWaterMark: piece.length });
}

function ask(body: Readable, headers: Readonly<Record<string, string>> = {}) {
  const path = repository.bare();
  return runBackend({
    method: 'POST',
    root: dirname(path),
    path: `${path.slice(dirname(path).length)}/git-upload-pack`,
    query: '',
    headers: { 'content-type': 'application/x-git-upload-pack-request', ...headers },
    body,
    maxBytes,
    env: serverEnvironment(),
    timeoutMs: 20_000,
    signal: new AbortController().signal,
  });
}

describe('a body that is too large', () => {
  test.each([
    ['and says so', { 'content-length': String(12 * piece.length) }],
    ['and comes in pieces', {}],
  ])('%s is heard to its end, or the answer would be lost with the connection', async (_how, headers) => {
    await expect(ask(bodyOf(12), headers)).rejects.toMatchObject({ status: 413, code: 'request/too-large' });
    expect(read).toBe(12);
  });

  test('and does not end is given up', async () => {
    const body = bodyOf(10_000);
    await expect(ask(body)).rejects.toMatchObject({ status: 413 });
    expect(body.destroyed).toBe(true);
    expect(read).toBeLessThan(30);
  });
});
