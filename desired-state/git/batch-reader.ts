import { MAX_COMMIT_BYTES } from './limits.ts';

/** One answer of `git cat-file --batch`. */
export type BatchAnswer =
  | { readonly kind: 'object'; readonly oid: string; readonly type: string; readonly content: Uint8Array }
  /** Larger than the cap: all but its head was passed over, never held. */
  | {
      readonly kind: 'too-large';
      readonly oid: string;
      readonly size: number;
      /** The first `MAX_COMMIT_BYTES`: as much of a commit as is looked at. */
      readonly head: Uint8Array;
    }
  | { readonly kind: 'missing'; readonly name: string };

const NEWLINE = 0x0a;
const MAX_HEADER_BYTES = 1024;

type State =
  | { readonly at: 'header'; head: Buffer }
  | {
      readonly at: 'content';
      readonly oid: string;
      readonly type: string;
      readonly into: Buffer;
      filled: number;
    }
  | {
      readonly at: 'skip';
      readonly oid: string;
      readonly size: number;
      readonly head: Buffer;
      passed: number;
    }
  | { readonly at: 'end'; readonly answer: BatchAnswer };

/**
 * Cuts the output of `git cat-file --batch` into answers. Contents are binary and may hold anything, so only the
 * size in the header says where one ends. No input or output; feed it chunks as they come.
 */
export class BatchReader {
  readonly #maxBytes: number;
  #state: State = { at: 'header', head: Buffer.alloc(0) };

  /** @param maxBytes contents larger than this are passed over */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Answers that this chunk completed. @throws Error when the stream is not what `cat-file --batch` writes */
  push(chunk: Uint8Array): BatchAnswer[] {
    const answers: BatchAnswer[] = [];
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    while (rest.length > 0) rest = this.#step(rest, answers);
    return answers;
  }

  #step(rest: Buffer, answers: BatchAnswer[]): Buffer {
    const state = this.#state;
    switch (state.at) {
      case 'header': {
        const end = rest.indexOf(NEWLINE);
        state.head = Buffer.concat([state.head, end === -1 ? rest : rest.subarray(0, end)]);
        if (state.head.length > MAX_HEADER_BYTES)
          throw new Error('git cat-file wrote a header without an end');
        if (end === -1) return rest.subarray(rest.length);
        this.#header(state.head.toString('utf8'), answers);
        return rest.subarray(end + 1);
      }
      case 'content': {
        const taken = rest.copy(state.into, state.filled);
        state.filled += taken;
        if (state.filled === state.into.length) {
          const { oid, type, into } = state;
          this.#state = { at: 'end', answer: { kind: 'object', oid, type, content: into } };
        }
        return rest.subarray(taken);
      }
      case 'skip': {
        const { oid, size, head } = state;
        const taken = Math.min(size - state.passed, rest.length);
        if (state.passed < head.length) rest.copy(head, state.passed, 0, taken);
        state.passed += taken;
        if (state.passed === size)
          this.#state = { at: 'end', answer: { kind: 'too-large', oid, size, head } };
        return rest.subarray(taken);
      }
      case 'end': {
        if (rest[0] !== NEWLINE) throw new Error('git cat-file wrote more than the size it announced');
        answers.push(state.answer);
        this.#state = { at: 'header', head: Buffer.alloc(0) };
        return rest.subarray(1);
      }
    }
  }

  #header(head: string, answers: BatchAnswer[]): void {
    const match = /^([0-9a-f]{40}) ([a-z]+) (\d+)$/.exec(head);
    if (match === null) {
      if (!head.endsWith(' missing'))
        throw new Error(`git cat-file wrote an unknown header: ${head.slice(0, 80)}`);
      answers.push({ kind: 'missing', name: head.slice(0, -' missing'.length) });
      this.#state = { at: 'header', head: Buffer.alloc(0) };
      return;
    }
    const [, oid = '', type = ''] = match;
    const size = Number(match[3]);
    if (size > this.#maxBytes) {
      const kept = Buffer.alloc(Math.min(size, MAX_COMMIT_BYTES));
      this.#state = { at: 'skip', oid, size, head: kept, passed: 0 };
    } else if (size > 0) this.#state = { at: 'content', oid, type, into: Buffer.alloc(size), filled: 0 };
    else this.#state = { at: 'end', answer: { kind: 'object', oid, type, content: new Uint8Array(0) } };
  }
}
