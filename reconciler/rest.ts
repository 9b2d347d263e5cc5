import type { Clock } from './ports.ts';

/**
 * The pause after a pass, in which hints are gathered. It can be cut short when there is nothing more to gather, but only
 * every second time: what changes nothing however often it is done must not keep a processor busy.
 */
export class Rest {
  readonly #clock: Clock;
  #hurried: PromiseWithResolvers<void> = Promise.withResolvers();
  #whole = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A pass begins: what is told from now on is about the rest that follows it. */
  reset(): void {
    this.#hurried = Promise.withResolvers();
  }

  /** Ends the rest that is, or the next one before it begins. */
  hurry(): void {
    this.#hurried.resolve();
  }

  /** Resolves after `ms` milliseconds, or earlier as above; at once when `signal` aborts. */
  async take(ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const whole = (): boolean => true;
    const slept = this.#clock.sleep(ms, AbortSignal.any([signal, stop.signal])).then(whole, whole);
    const hurried = this.#hurried.promise.then(() => false);
    this.#whole = await (this.#whole ? Promise.race([hurried, slept]) : slept);
    stop.abort();
  }
}
