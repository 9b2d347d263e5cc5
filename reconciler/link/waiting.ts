const mebibyte = 1024 * 1024;
const mostBytes = 4 * mebibyte;

/** An entry that is not on disk yet. */
export interface WaitingEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** JSON text. */
  readonly entry: string;
  /** Called when the disk took it, or did not. */
  readonly tried: () => void;
}

/** What waits for the disk, in memory and within bounds. */
export class WaitingEntries {
  #entries: WaitingEntry[] = [];

  get none(): boolean {
    return this.#entries.length === 0;
  }

  add(entry: WaitingEntry): void {
    this.#entries.push(entry);
  }

  /** All of them, which wait no longer. */
  take(): readonly WaitingEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  /** Puts back what the disk did not take, before what came meanwhile. Answers how many of the oldest are given up. */
  putBack(entries: readonly WaitingEntry[]): number {
    this.#entries = [...entries, ...this.#entries];
    let bytes = this.#entries.reduce((sum, { entry }) => sum + entry.length, 0);
    let gone = 0;
    for (; bytes > mostBytes; gone += 1) bytes -= this.#entries[gone]?.entry.length ?? bytes;
    this.#entries.splice(0, gone);
    return gone;
  }
}
