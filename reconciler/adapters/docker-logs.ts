import type { LogLine, LogOptions } from '../ports.ts';
import { transportError } from './docker-errors.ts';
import type { EngineHttp } from './docker-http.ts';
import { LineSplitter } from './line-splitter.ts';

/** Longer lines come in pieces: a container that never ends a line must not fill the memory. */
const LONGEST_LINE = 65_536;
const HEADER_BYTES = 8;

/**
 * A container's output line by line. Ends when the container does (or at once without `follow`), and quietly when
 * `signal` aborts.
 * @param target `tty` answers whether the container has a terminal, whose output has no frames
 */
export async function* readLogs(
  engine: EngineHttp,
  connectMs: number,
  target: LogOptions & { readonly id: string; readonly tty: () => Promise<boolean> },
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  if (signal.aborted) return;
  const what = `read the logs of container ${target.id}`;
  const { follow, tail, timestamps = false, since } = target;
  const from = since === undefined ? {} : { since: unixTime(since) };
  const query = { stdout: true, stderr: true, follow, tail: tail ?? 'all', timestamps, ...from };
  const told = (lines: readonly LogLine[]) => (timestamps ? lines.map(withTime) : lines);
  const path = `/containers/${encodeURIComponent(target.id)}/logs`;
  try {
    const frames = new FrameReader(await target.tty());
    const reply = await engine.stream({ what, method: 'GET', path, query }, connectMs, signal);
    const chunks: AsyncIterable<Uint8Array> = reply;
    for await (const chunk of chunks) yield* told(frames.push(chunk));
    yield* told(frames.rest());
  } catch (error) {
    if (signal.aborted) return;
    throw transportError(what, engine.host, error, { signal, ms: connectMs });
  }
}

/** The engine writes the time before each line; a piece of one that is too long has none. */
function withTime(line: LogLine): LogLine {
  const [, at, text] = /^(\d{4}-\d{2}-\d{2}T[\d:.]+Z) ?(.*)$/s.exec(line.text) ?? [];
  return at === undefined || text === undefined ? line : { ...line, at, text };
}

/** As the engine wants it: seconds since the epoch, with all digits of the fraction. */
function unixTime(at: string): string {
  const fraction = /\.\d+/.exec(at)?.[0] ?? '';
  return `${Math.floor(Date.parse(at) / 1_000)}${fraction}`;
}

type Stream = LogLine['stream'];

/**
 * Takes the engine's multiplexed stream apart: frames of an 8-byte header (stream number, three zeros, length as a
 * big-endian 32-bit number) and their bytes, cut by the network wherever it likes.
 */
export class FrameReader {
  readonly #lines = { stdout: new LineSplitter(LONGEST_LINE), stderr: new LineSplitter(LONGEST_LINE) };
  readonly #raw: boolean;
  #header = Buffer.alloc(0);
  #stream: Stream = 'stdout';
  #left = 0;

  /** @param raw the stream has no frames: all of it is stdout */
  constructor(raw: boolean) {
    this.#raw = raw;
  }

  /** The lines that this chunk completes, in the order of their ends. */
  push(chunk: Uint8Array): LogLine[] {
    if (this.#raw) return this.#take('stdout', chunk);
    const lines: LogLine[] = [];
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const part = chunk.subarray(at, at + this.#left);
        lines.push(...this.#take(this.#stream, part));
        this.#left -= part.length;
        at += part.length;
        continue;
      }
      const missing = chunk.subarray(at, at + HEADER_BYTES - this.#header.length);
      this.#header = Buffer.concat([this.#header, missing]);
      at += missing.length;
      if (this.#header.length === HEADER_BYTES) this.#begin();
    }
    return lines;
  }

  /** Last lines that no line break ended. */
  rest(): LogLine[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) => {
      const text = this.#lines[stream].rest();
      return text === '' ? [] : [{ stream, text }];
    });
  }

  #begin(): void {
    this.#stream = this.#header[0] === 2 ? 'stderr' : 'stdout';
    this.#left = this.#header.readUInt32BE(4);
    this.#header = Buffer.alloc(0);
  }

  #take(stream: Stream, bytes: Uint8Array): LogLine[] {
    return this.#lines[stream].push(bytes).map((text) => ({ stream, text }));
  }
}
