import { EventEmitter } from 'node:events';

interface Line {
  readonly stream: 1 | 2;
  readonly text: string;
}

/** What containers have printed. */
export class Output {
  readonly #lines = new Map<string, Line[]>();
  readonly #news = new EventEmitter().setMaxListeners(0);

  /** @param stream 1 for stdout, 2 for stderr */
  print(id: string, stream: 1 | 2, text: string): void {
    const lines = this.#lines.get(id) ?? [];
    lines.push({ stream, text });
    if (lines.length > 1000) lines.shift();
    this.#lines.set(id, lines);
    this.#news.emit(id, { stream, text });
  }

  lines(id: string): readonly Line[] {
    return this.#lines.get(id) ?? [];
  }

  /** @returns the way to end it */
  follow(id: string, listener: (line: Line) => void): () => void {
    this.#news.on(id, listener);
    return () => void this.#news.off(id, listener);
  }

  forget(id: string): void {
    this.#lines.delete(id);
  }
}

/** A line as the engine multiplexes it: eight bytes of header (stream, three zeros, length), then the bytes. */
export function frame({ stream, text }: Line): Buffer {
  const bytes = Buffer.from(`${text}\n`);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}
