/** How many are kept: a full look reads two lists at a time. */
const MOST = 2;

/** Buffers for replies that do not come at once, used again and again: what a list needed once it will need again. */
export class SpareBuffers {
  readonly #spare: Buffer[] = [];

  /** A buffer of at least `size` bytes that begins with the first `length` of `old`, which is given back. */
  larger(old: Buffer | null, length: number, size: number): Buffer {
    const at = this.#spare.findIndex((spare) => spare.length >= size);
    const found = at === -1 ? undefined : this.#spare.splice(at, 1)[0];
    const larger = found ?? Buffer.allocUnsafeSlow(Math.ceil(size * 1.5));
    old?.copy(larger, 0, 0, length);
    if (old !== null) this.give(old);
    return larger;
  }

  /** The largest are kept. */
  give(buffer: Buffer): void {
    this.#spare.push(buffer);
    this.#spare.sort((a, b) => b.length - a.length);
    this.#spare.length = Math.min(MOST, this.#spare.length);
  }
}
