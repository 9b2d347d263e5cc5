/** Remembers deliveries for a while, a bounded number of them. */
export class Seen {
  readonly #until = new Map<string, number>();
  readonly #ms: number;
  readonly #most: number;

  constructor(ms: number, most: number) {
    this.#ms = ms;
    this.#most = most;
  }

  /** @returns whether this one came before, and is remembered still */
  has(mark: string, now: number): boolean {
    const until = this.#until.get(mark);
    if (until !== undefined && until > now) return true;
    this.#until.delete(mark);
    this.#until.set(mark, now + this.#ms);
    for (const oldest of this.#until.keys()) {
      if (this.#until.size <= this.#most) break;
      this.#until.delete(oldest);
    }
    return false;
  }
}
