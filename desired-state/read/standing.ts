import type { Claim } from './claims.ts';

/**
 * The claims that stand, by key: of all those whose word is in force and whom nobody contests. Kept from one revision to
 * the next, so that what has not changed need not be weighed again.
 */
export class Standing {
  readonly #byKey = new Map<string, { readonly claims: Set<Claim>; amount: number }>();

  enter(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const entry = this.#byKey.get(claim.key);
      if (entry === undefined) this.#byKey.set(claim.key, { claims: new Set([claim]), amount: claim.amount });
      else if (!entry.claims.has(claim)) {
        entry.claims.add(claim);
        entry.amount += claim.amount;
      }
    }
  }

  /** Takes claims out that were entered: the same objects. */
  withdraw(claims: readonly Claim[]): void {
    for (const claim of claims) {
      const entry = this.#byKey.get(claim.key);
      if (entry?.claims.delete(claim) !== true) continue;
      entry.amount -= claim.amount;
      if (entry.claims.size === 0) this.#byKey.delete(claim.key);
    }
  }

  /** How much of a key is taken, in the unit of its claims. */
  amount(key: string): number {
    return this.#byKey.get(key)?.amount ?? 0;
  }

  /** Who has a key. */
  claims(key: string): Iterable<Claim> {
    return this.#byKey.get(key)?.claims ?? [];
  }
}
