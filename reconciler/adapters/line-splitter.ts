import { StringDecoder } from 'node:string_decoder';

/**
 * Cuts a stream of chunks into lines of UTF-8 text, wherever the chunks were cut. Never holds more than `limit`
 * characters: a longer line comes out in pieces of that length.
 */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #limit: number;
  #pending = '';

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that this chunk completes, without their `\n` or `\r\n`. */
  push(chunk: Uint8Array): string[] {
    const parts = (this.#pending + this.#decoder.write(chunk)).split('\n');
    this.#pending = parts.pop() ?? '';
    const lines = parts.flatMap((line) => this.#pieces(line.endsWith('\r') ? line.slice(0, -1) : line));
    while (this.#pending.length >= this.#limit) {
      lines.push(this.#pending.slice(0, this.#limit));
      this.#pending = this.#pending.slice(this.#limit);
    }
    return lines;
  }

  /** What came after the last line break; empties the splitter. */
  rest(): string {
    const rest = this.#pending + this.#decoder.end();
    this.#pending = '';
    return rest;
  }

  #pieces(line: string): string[] {
    if (line.length <= this.#limit) return [line];
    const count = Math.ceil(line.length / this.#limit);
    return Array.from({ length: count }, (_, index) =>
      line.slice(index * this.#limit, (index + 1) * this.#limit),
    );
  }
}
