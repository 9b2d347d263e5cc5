import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BatchAnswer, BatchReader } from '../../../desired-state/git/batch-reader.ts';

function written(contents: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    contents.flatMap((content) => [
      Buffer.from(`${idOf(content)} blob ${content.length}\n`),
      content,
      Buffer.from('\n'),
    ]),
  );
}

function idOf(content: Uint8Array): string {
  return createHash('sha1').update(content).digest('hex');
}

test('contents of any bytes come out whole, however the stream is cut', () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom(
      ...['', '\n', '\n\n', 'x missing\n', `${'0'.repeat(40)} blob 3\nabc\n`].map((text) =>
        Buffer.from(text),
      ),
    ),
  );
  fc.assert(
    fc.property(fc.array(content, { maxLength: 8 }), fc.array(fc.nat({ max: 30 })), (contents, cuts) => {
      const stream = written(contents);
      const reader = new BatchReader(1000);
      const answers: BatchAnswer[] = [];
      let at = 0;
      for (const cut of cuts) {
        answers.push(...reader.push(stream.subarray(at, at + cut)));
        at = Math.min(stream.length, at + cut);
      }
      answers.push(...reader.push(stream.subarray(at)));
      expect(answers.map((answer) => (answer.kind === 'object' ? [...answer.content] : answer.kind))).toEqual(
        contents.map((bytes) => [...bytes]),
      );
    }),
  );
});

test('an object over the cap is passed over, and the next one is read', () => {
  const large = Buffer.alloc(100, 10);
  const small = Buffer.from('small');
  const reader = new BatchReader(99);
  expect(reader.push(written([large, small]))).toEqual([
    { kind: 'too-large', oid: idOf(large), size: 100, head: large },
    { kind: 'object', oid: idOf(small), type: 'blob', content: small },
  ]);
});

test('an object that is missing is told by its name', () => {
  const reader = new BatchReader(10);
  const name = 'f'.repeat(40);
  expect(reader.push(Buffer.from(`${name} missing\n`))).toEqual([{ kind: 'missing', name }]);
});

test.each(['what is this\n', `${'a'.repeat(40)} blob 1\nab\n`, 'x'.repeat(2000)])(
  'the stream %j is refused',
  (text) => {
    expect(() => new BatchReader(10).push(Buffer.from(text))).toThrow(/git cat-file wrote/);
  },
);
