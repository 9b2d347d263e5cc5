import pLimit from 'p-limit';
import { isOfOne, type ReconcilerError } from '../errors.ts';

/** Milliseconds for which a look waits for what did not answer the look before. */
const patienceMs = 500;
/** So many of those are asked at once, the others in turn: each holds a place for reads until its time limit. */
const mostAsked = 4;

/**
 * Reads of things that an engine may be unable to show, one by one. A container whose storage or runtime hangs keeps its
 * own lock, and whoever asks about it waits for ever, while the engine answers everything else. The first look waits for
 * the time limit of the call; those after it ask again, and go on without it.
 */
export class StuckReads {
  /** Why each could not be read last. */
  readonly #stuck = new Map<string, ReconcilerError>();
  readonly #asked = new Set<string>();
  readonly #limit = pLimit(mostAsked);

  /** @throws what `ask` throws, or threw last time when it gives no answer soon */
  async read<T>(id: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await this.#answer(id, ask);
      this.#stuck.delete(id);
      return answer;
    } catch (error) {
      if (isOfOne(error)) this.#stuck.set(id, error);
      else this.#stuck.delete(id);
      throw error;
    }
  }

  forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of this.#stuck.keys()) if (!ids.has(id)) this.#stuck.delete(id);
  }

  async #answer<T>(id: string, ask: () => Promise<T>): Promise<T> {
    const trouble = this.#stuck.get(id);
    if (trouble === undefined) return ask();
    if (this.#asked.has(id)) throw trouble;
    this.#asked.add(id);
    const asked = this.#limit(ask);
    const over = (): void => void this.#asked.delete(id);
    // An answer that comes after this look lets the next one ask as usual.
    const answered = (): void => void this.#stuck.delete(id);
    asked.then(answered, () => undefined).finally(over);
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(trouble), patienceMs);
    return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
  }
}
