/** What was started, to be ended in the reverse order; also when a later part does not start. */
export class Ending {
  readonly #ends: (() => Promise<unknown> | void)[] = [];

  /** @param end called once, after all that was added later has ended */
  add(end: () => Promise<unknown> | void): void {
    this.#ends.push(end);
  }

  /** Ends all, whatever fails on the way. @throws AggregateError of what failed */
  async all(): Promise<void> {
    const failed: unknown[] = [];
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) {
      try {
        await end();
      } catch (error) {
        failed.push(error);
      }
    }
    if (failed.length > 0)
      throw new AggregateError(failed, 'parts of the control node did not end as they should');
  }
}
