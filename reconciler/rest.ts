import type { Clock } from './ports.ts';

/**
 * The pause after a pass, in which hints are gathered. It can be cut short when there is nothing more to gather, but only
 * every second time: what changes nothing however often it is done must not keep a processor busy. Whoever has asked Git
 * and got something new has worked for it already, and ends it every time.
 */
export class Rest {
  readonly #clock: Clock;
  #hurried: PromiseWithResolvers<void> = Promise.withResolvers();
  #cut: PromiseWithResolvers<void> = Promise.withResolvers();
  #whole = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A pass begins: what is told from now on is about the rest that follows it. */
  reset(): void {
    this.#hurried = Promise.withResolvers();
    this.#cut = Promise.withResolvers();
  }

  /** Ends the rest that is, or the next one before it begins. */
  hurry(): void {
    this.#hurried.resolve();
  }

  /** The same, whatever the rest before was. */
  cut(): void {
    this.#cut.resolve();
  }

  /** Resolves after `ms` milliseconds, or earlier as above; at once when `signal` aborts. */
  async take(ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const whole = (): boolean => true;
    const slept = this.#clock.sleep(ms, AbortSignal.any([signal, stop.signal])).then(whole, whole);
    const short = (): boolean => false;
    const ends = [slept, this.#cut.promise.then(short)];
    if (this.#whole) ends.push(this.#hurried.promise.then(short));
    this.#whole = await Promise.race(ends);
    stop.abort();
  }
}
