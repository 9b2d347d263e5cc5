import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayBeWhole, parseReply } from '../../../reconciler/adapters/reply-parser.ts';

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const chunk = (part: Buffer) =>
  Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
const chunked = (parts: readonly Buffer[]) =>
  Buffer.concat([
    Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n`),
    ...parts.map(chunk),
    Buffer.from('0\r\n\r\n'),
  ]);
const measured = (body: Buffer) =>
  Buffer.concat([Buffer.from(`${head}Content-Length: ${body.length}\r\n\r\n`), body]);

const anyBytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));

describe('a reply', () => {
  test('in chunks is whole when its last byte is there, and not before, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 4 }), (parts) => {
        const bytes = chunked(parts);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(parseReply(bytes.subarray(0, length)).state).toBe('more');
        }
        expect(parseReply(bytes)).toEqual({ state: 'whole', body: Buffer.concat(parts), keep: true });
      }),
      { numRuns: 50 },
    );
  });

  test('of known length is whole when its last byte is there, and not before', () => {
    fc.assert(
      fc.property(anyBytes, (body) => {
        const bytes = measured(body);
        for (let length = 0; length < bytes.length; length += 1) {
          expect(parseReply(bytes.subarray(0, length)).state).toBe('more');
        }
        expect(parseReply(bytes)).toEqual({ state: 'whole', body, keep: true });
      }),
      { numRuns: 50 },
    );
  });

  test('that is whole may be whole, in whatever parts it came', () => {
    fc.assert(
      fc.property(anyBytes, fc.boolean(), fc.nat(), fc.nat(), (body, inChunks, one, other) => {
        const bytes = inChunks ? chunked([body]) : measured(body);
        const [first, last] = [one % bytes.length, other % bytes.length].sort((a, b) => a - b) as [
          number,
          number,
        ];
        expect(mayBeWhole(bytes.subarray(0, first), bytes.subarray(last), bytes.length)).toBe(true);
      }),
    );
    const begun = Buffer.from(`${head}Content-Length: 900000\r\n\r\n{`);
    expect(mayBeWhole(begun, Buffer.from('more and more'), 20_000)).toBe(false);
    const inParts = Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n8000\r\n{`);
    expect(mayBeWhole(inParts, Buffer.from('more and more'), 20_000)).toBe(false);
  });

  test('after which the engine closes is told', () => {
    const bytes = Buffer.from(`${head}Connection: close\r\nContent-Length: 2\r\n\r\n{}`);
    expect(parseReply(bytes)).toMatchObject({ state: 'whole', keep: false });
  });

  test.each([
    ['another status', 'HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}'],
    ['another protocol', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['no length', `${head}\r\n{}`],
    ['two lengths', `${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`],
    ['a length that is no number', `${head}Content-Length: two\r\n\r\n{}`],
    ['more bytes than it says', `${head}Content-Length: 2\r\n\r\n{}{}`],
    ['a chunk without a size', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['a chunk that goes on', `${head}Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
    ['trailers', `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nA: b\r\n\r\n`],
    ['bytes after its last chunk', `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1`],
    ['a chunk of 4 GB', `${head}Transfer-Encoding: chunked\r\n\r\nffffffff\r\n`],
    ['a head without end', 'x'.repeat(70_000)],
  ])('with %s is left to the ordinary client', (_what, text) => {
    expect(parseReply(Buffer.from(text))).toEqual({ state: 'other' });
  });
});
