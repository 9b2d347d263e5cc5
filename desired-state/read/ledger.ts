import type { Enforced } from './in-force.ts';
import { Standing } from './standing.ts';
import type { Definition } from './tenant.ts';

/** As much of what is in force as is looked at here. */
type InForce = Pick<Enforced, 'tenants'>;

/**
 * Carries the claims that stand from one revision to the next. It belongs to the revision that was enforced last; for any
 * other, the claims are collected anew. What it answers follows from the revision alone.
 */
export class Ledger {
  #of: InForce | null = null;
  #standing = new Standing();

  /**
   * The claims of the tenants that are not weighed again. The caller enters those of the others once they are known.
   *
   * @param previous what was in force; null when everybody is weighed
   * @param leaving what of it does not simply stand: of tenants that are weighed again, and of those that are gone
   */
  take(previous: InForce | null, leaving: Iterable<Definition>): Standing {
    const standing = previous !== null && this.#of === previous ? this.#standing : collect(previous);
    this.#of = null;
    for (const { claims } of leaving) standing.withdraw(claims);
    return standing;
  }

  /** Says which revision the claims belong to, once those of all its tenants are entered. */
  give(enforced: InForce, standing: Standing): void {
    this.#of = enforced;
    this.#standing = standing;
  }
}

function collect(previous: InForce | null): Standing {
  const standing = new Standing();
  for (const definition of previous?.tenants.values() ?? [])
    if (definition !== null) standing.enter(definition.claims);
  return standing;
}
