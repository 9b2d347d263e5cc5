import { actsForAll } from '../access/roles.ts';
import { WebError } from '../errors.ts';
import type { Caller } from '../ports.ts';

/** Branches that one account proposes in a day. */
const MAX_A_DAY = 50;
const DAY_MS = 86_400_000;

/**
 * Counts the branches that each account proposes: they stay in the repository, with a pull request each, until somebody
 * looks at them. Who may push any branch anyway is not counted. In memory: after a restart it begins anew.
 */
export class Allowance {
  /** By account, moments of the last day, oldest first. */
  readonly #proposed = new Map<string, number[]>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws WebError 429 */
  take({ id, role }: Caller): void {
    if (actsForAll(role)) return;
    const now = this.#now();
    for (const [account, moments] of this.#proposed)
      if ((moments.at(-1) ?? 0) <= now - DAY_MS) this.#proposed.delete(account);
    const recent = (this.#proposed.get(id) ?? []).filter((at) => at > now - DAY_MS);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= MAX_A_DAY) {
      const seconds = Math.ceil((oldest + DAY_MS - now) / 1000);
      throw new WebError(
        'limit/exceeded',
        429,
        `You have proposed ${recent.length} changes within a day, and more wait until some are looked at. Make the change itself, or propose it in ${Math.ceil(seconds / 3600)} h.`,
        { headers: { 'retry-after': String(seconds) } },
      );
    }
    this.#proposed.set(id, [...recent, now]);
  }
}
