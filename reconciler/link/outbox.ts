import { rm } from 'node:fs/promises';
import pLimit from 'p-limit';
import { DiskTrouble } from './disk-trouble.ts';
import {
  beginSegment,
  extendSegment,
  nextName,
  type OpenedFiles,
  openFiles,
  readPlaces,
  type Segment,
  writeSegment,
} from './outbox-files.ts';
import type { OutboxOptions } from './outbox-options.ts';
import { lostNote, type OutgoingEntry, within } from './outgoing.ts';
import type { Place, StoredEntry } from './segment.ts';
import { WaitingEntries, type WaitingEntry } from './waiting.ts';

const mebibyte = 1024 * 1024;
const retryMs = 1_000;

/**
 * What a node has to tell, on disk, numbered without gaps, until the control node has it. Nothing is handed out before
 * it is synced. Up to `maxBytes` nothing is lost; beyond that the oldest files are given up, and what was in them is
 * told of as lost, as are entries that the disk damaged.
 */
export class Outbox {
  readonly trouble: DiskTrouble;
  readonly #options: Required<OutboxOptions>;
  readonly #one = pLimit(1);
  readonly #listeners = new Set<() => void>();
  #name: string;
  #segments: Segment[];
  /** Number of the next entry, and the first that this process has given. */
  #next: number;
  #given: number;
  /** Entries of this process may have been sent, so that the control node may well have them. */
  #sent = false;
  readonly #waiting = new WaitingEntries();
  #writing: Promise<void> | null = null;
  readonly #stop = new AbortController();

  private constructor(options: Required<OutboxOptions>, { name, segments, last, torn }: OpenedFiles) {
    this.#options = options;
    this.trouble = new DiskTrouble(options);
    this.#name = name;
    this.#segments = segments;
    // Entries may be gone from the end: a number that is left out says so when the next one arrives.
    this.#next = last + (torn ? 2 : 1);
    this.#given = this.#next;
  }

  static async open(options: OutboxOptions): Promise<Outbox> {
    const opened = await openFiles(options.dir);
    return new Outbox({ maxBytes: 64 * mebibyte, segmentBytes: mebibyte / 4, ...options }, opened);
  }

  get name(): string {
    return this.#name;
  }

  /** Number of the last entry that was given one. */
  get last(): number {
    return this.#next - 1;
  }

  /** Number of the first entry that is still there; the next one's when none is. */
  get first(): number {
    for (const { places } of this.#segments) if (places[0] !== undefined) return places[0].seq;
    return this.#next;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Takes an entry. Resolves when it is on disk, or when the disk did not take it: then it waits in memory and is tried
   * again.
   */
  append(value: unknown): Promise<void> {
    const entry = JSON.stringify(value);
    if (entry === undefined) throw new TypeError('an entry of the outbox must be a JSON value');
    const { promise, resolve: tried } = Promise.withResolvers<void>();
    this.#waiting.add({ at: this.#options.clock.now(), entry, tried });
    this.#writing ??= this.#drain();
    return promise;
  }

  /** Calls `listener` when there are more entries. Answers how to stop. */
  onMore(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The entries after a number, in order, about `maxBytes` of them. Where numbers are missing, an entry says so in
   * their place.
   */
  read(after: number, maxBytes: number): Promise<OutgoingEntry[]> {
    return this.#one(() => this.#read(after, maxBytes));
  }

  /** The control node has everything up to this number. */
  accepted(seq: number): Promise<void> {
    return this.#one(async () => {
      const kept = this.#segments.filter((segment, index) => {
        const newest = index === this.#segments.length - 1;
        return newest || (segment.places.at(-1)?.seq ?? 0) > seq;
      });
      const gone = this.#segments.filter((segment) => !kept.includes(segment));
      this.#segments = kept;
      for (const { places } of kept) {
        const done = places.findIndex((place) => place.seq > seq);
        places.splice(0, done === -1 ? places.length : done);
      }
      for (const { path } of gone) await rm(path, { force: true });
    });
  }

  /**
   * What the control node says that it has of this outbox. When that is more than this process has given numbers to, the
   * disk lost what was sent before; then what is here goes on under another name, because its numbers are taken.
   *
   * @returns whether the name changed
   */
  resume(accepted: number): Promise<boolean> {
    return this.#one(async () => {
      if (accepted < this.#given) return false;
      if (accepted <= this.last && this.#sent) return false;
      const fresh: StoredEntry[] = [];
      for (const segment of this.#segments) {
        const places = segment.places.filter(({ seq }) => seq >= this.#given);
        const entries = await readPlaces(segment, places);
        for (const entry of entries.filter((found) => found !== null)) {
          fresh.push({ ...entry, seq: fresh.length + 1 });
        }
      }
      const old = this.#segments;
      this.#name = nextName(this.#name);
      this.#segments = [await writeSegment(this.#options.dir, this.#name, fresh)];
      this.#next = fresh.length + 1;
      this.#given = 1;
      for (const { path } of old) await rm(path, { force: true });
      return true;
    });
  }

  /** Resolves when what was taken is on disk or cannot be brought there now. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('shutting down'));
    await this.#writing;
  }

  async #read(after: number, maxBytes: number): Promise<OutgoingEntry[]> {
    const found: OutgoingEntry[] = [];
    let last = after;
    let left = maxBytes;
    for (const segment of this.#segments) {
      if (left <= 0) break;
      const places = within(segment.places, after, left);
      const entries = await readPlaces(segment, places);
      for (const [index, place] of places.entries()) {
        left -= place.length;
        const entry = entries[index] ?? null;
        if (entry === null) {
          this.#forget(segment, place);
          continue;
        }
        if (entry.seq > last + 1) found.push(lostNote(last + 1, entry.seq - 1, entry.at));
        found.push(entry);
        last = entry.seq;
      }
    }
    if (last >= this.#given) this.#sent = true;
    return found;
  }

  #forget({ path, places }: Segment, place: Place): void {
    this.#options.log.warn({ seq: place.seq, path }, 'an entry of the outbox was damaged on disk');
    places.splice(places.indexOf(place), 1);
  }

  async #drain(): Promise<void> {
    while (!this.#waiting.none) {
      const batch = this.#waiting.take();
      try {
        await this.#one(() => this.#write(batch));
        for (const { tried } of batch) tried();
        this.trouble.tried(null);
        for (const listener of this.#listeners) listener();
      } catch (error) {
        for (const { tried } of batch) tried();
        // The numbers of what is given up are never used: the control node is told that they are gone.
        this.#next += this.#waiting.putBack(batch);
        this.trouble.tried(error);
        if (this.#stop.signal.aborted) break;
        await this.#options.clock.sleep(retryMs, this.#stop.signal).catch(() => undefined);
      }
    }
    // At once, not later: who comes next must find that nobody writes.
    this.#writing = null;
  }

  async #write(batch: readonly WaitingEntry[]): Promise<void> {
    const { dir, segmentBytes } = this.#options;
    const entries = batch.map(({ at, entry }, index) => ({ seq: this.#next + index, at, entry }));
    let segment = this.#segments.at(-1);
    if (segment === undefined || segment.size >= segmentBytes) {
      segment = await beginSegment(dir, this.#name, this.#next);
      this.#segments.push(segment);
    }
    await extendSegment(segment, entries);
    this.#next += entries.length;
    await this.#bound();
  }

  /** Gives up the oldest files, whole ones, but never the one that is written. */
  async #bound(): Promise<void> {
    while (this.bytes > this.#options.maxBytes && this.#segments.length > 1) {
      const [oldest] = this.#segments.splice(0, 1);
      if (oldest === undefined) return;
      const count = oldest.places.length;
      if (count > 0) this.#options.log.warn({ count }, 'the outbox is full: its oldest entries are given up');
      await rm(oldest.path, { force: true });
    }
  }
}
