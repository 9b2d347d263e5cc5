import { Agent, type IncomingMessage, request } from 'node:http';
import type { Visitor } from './visitor.ts';

/** What readers got, milliseconds of each answer. */
export interface Readings {
  readonly ms: readonly number[];
  /** Bytes of one answer. */
  readonly bytes: number;
  /** From the first question to the last answer. */
  readonly wholeMs: number;
}

/**
 * Readers with a connection each, which they keep from one question to the next as a browser does. A new connection is
 * another matter: Node takes one for each turn of its loop, and a turn is long while others read.
 */
export class Readers {
  readonly #readers: readonly Visitor[];
  readonly #agent: Agent;

  /** Nobody is connected yet. Close them when done */
  constructor(readers: readonly Visitor[]) {
    this.#readers = readers;
    this.#agent = new Agent({ keepAlive: true, maxSockets: readers.length });
  }

  /**
   * Everybody asks at the same time, each again as soon as he has his answer.
   *
   * @param paths what a reader asks for, in turns
   * @throws Error for any answer that is no success
   */
  async read(paths: readonly string[], answersEach: number): Promise<Readings> {
    const ms: number[] = [];
    let bytes = 0;
    const read = async (reader: Visitor, index: number): Promise<void> => {
      for (let count = 0; count < answersEach; count += 1) {
        const path = paths[(count + index) % paths.length] ?? '';
        const began = performance.now();
        bytes = Math.max(bytes, await ask(this.#agent, reader, path));
        ms.push(performance.now() - began);
      }
    };
    const began = performance.now();
    await Promise.all(this.#readers.map(read));
    return { ms, bytes, wholeMs: performance.now() - began };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** @returns bytes of the body, which is not parsed: what a reader does with it is not measured */
async function ask(agent: Agent, { url, headers }: Visitor, path: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(url + path, { agent, headers: { ...headers } }, resolve)
    .on('error', reject)
    .end();
  const reply = await promise;
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) bytes += chunk.length;
  if (reply.statusCode === 200) return bytes;
  throw new Error(`${path} answers ${reply.statusCode}`);
}
