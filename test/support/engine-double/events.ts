import type { RawEvent } from './shapes.ts';

/** The engine keeps so many for those who ask with `since`. */
const kept = 256;

/** The engine's events: the newest ones, and who listens. */
export class Events {
  readonly #listeners = new Set<(event: RawEvent) => void>();
  readonly #newest: RawEvent[] = [];

  /** @returns the way to end it */
  subscribe(listener: (event: RawEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What is kept from `since` on, in seconds since the epoch. */
  since(since: number): readonly RawEvent[] {
    return this.#newest.filter((event) => event.timeNano / 1e9 >= since);
  }

  emit(
    Type: RawEvent['Type'],
    Action: string,
    ID: string,
    Attributes: Readonly<Record<string, string>>,
  ): void {
    const ms = Date.now();
    // The engine tells what happened to containers and images twice, the second time as it did before API 1.22.
    const { image } = Attributes;
    const old =
      Type === 'container' ? { status: Action, id: ID, ...(image === undefined ? {} : { from: image }) } : {};
    const time = { time: Math.floor(ms / 1000), timeNano: ms * 1e6 };
    const event: RawEvent = { ...old, Type, Action, Actor: { ID, Attributes }, scope: 'local', ...time };
    this.#newest.push(event);
    if (this.#newest.length > kept) this.#newest.shift();
    for (const listener of this.#listeners) listener(event);
  }
}
