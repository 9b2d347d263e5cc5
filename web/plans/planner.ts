import type { Repository } from '../../desired-state/git/port.ts';
import type { DesiredState } from '../../desired-state/model.ts';
import { isRemovalApproved } from '../../desired-state/read/approvals.ts';
import type { Plan, Refusal } from '../../reconciler/plan/plan.ts';
import type { PlanView, TenantPlanView } from '../api/models/edit.ts';
import type { Reading } from '../branch/reader.ts';
import type { Fleet, NodeSnapshot } from '../ports.ts';
import { expectedPlan } from './expected.ts';
import { createNodePlanCache, type NodePlanCache, planFromSnapshot } from './node-plan.ts';
import { type Touched, touchedBetween } from './touched.ts';
import { hasNews, tenantPlanView } from './view.ts';

export interface PlannerParts {
  readonly fleet: Pick<Fleet, 'snapshot' | 'tenant'>;
  /** In which drafts can be read, too. */
  readonly repository: Repository;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tenants that a plan shows at most. */
const SHOWN = 50;

/** What nodes would do about an edit, from what they have published. */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #caches = new Map<string, NodePlanCache>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /**
   * The plan of the tenants that differ between two readings; null when the later one has nothing in force.
   *
   * @param before what the nodes enforce, or soon will
   */
  async planOf(before: Reading, after: Reading): Promise<PlanView | null> {
    if (after.desired === null) return null;
    const touched = touchedBetween(before.desired, after.desired);
    const nodes = [...new Set(touched.flatMap((each) => each.nodes))].sort();
    const views: TenantPlanView[] = [];
    const holds: string[] = [];
    const snapshots: PlanView['snapshots'] = [];
    for (const node of nodes) {
      const mine = touched.filter((each) => each.nodes.includes(node));
      const snapshot = await this.#parts.fleet.snapshot(node);
      snapshots.push({ node, at: snapshot?.at ?? null, linked: snapshot?.linked ?? false });
      const plan =
        snapshot === null ? null : await this.#nodePlan(node, snapshot, before.desired, after.desired);
      if (plan === null) views.push(...mine.map((each) => expectedPlan(node, each)));
      else {
        holds.push(...plan.holds.map(({ message }) => message));
        views.push(...shownOf(node, plan, mine));
      }
    }
    const news = views.filter(hasNews).sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
    const affected = new Set(news.map(({ tenant }) => tenant));
    return {
      tenants: news.slice(0, SHOWN),
      affected: affected.size,
      untouched: Object.keys(after.desired.tenants).filter((name) => !affected.has(name)).length,
      holds,
      snapshots,
    };
  }

  async #nodePlan(
    node: string,
    snapshot: NodeSnapshot,
    enforced: DesiredState | null,
    desired: DesiredState,
  ): Promise<Plan | null> {
    const cache = this.#caches.get(node) ?? createNodePlanCache();
    this.#caches.set(node, cache);
    const { repository, now } = this.#parts;
    const plan = (removalApproved: boolean): Plan | null =>
      planFromSnapshot(
        {
          node,
          desired,
          snapshot,
          enforced,
          refusals: this.#refusals(node, snapshot),
          removalApproved,
          now: now(),
        },
        cache,
      );
    const first = plan(false);
    const held = first?.holds.flatMap(({ tenants }) => tenants) ?? [];
    if (held.length === 0 || !(await isRemovalApproved(repository, desired, node, held))) return first;
    return plan(true);
  }

  /** What the node could not open, it will not be able to open for this revision either. */
  #refusals(node: string, { observed }: NodeSnapshot): Record<string, readonly Refusal[]> {
    const told: [string, readonly Refusal[]][] = [];
    for (const tenant of Object.keys(observed.tenants)) {
      const facts = this.#parts.fleet.tenant(tenant);
      const refusals = (facts?.node === node ? facts.status.refusals : []).flatMap(({ reason, message }) =>
        reason === 'secret-unavailable' ? [{ reason, message } as const] : [],
      );
      if (refusals.length > 0) told.push([tenant, refusals]);
    }
    return Object.fromEntries(told);
  }
}

function shownOf(node: string, plan: Plan, touched: readonly Touched[]): TenantPlanView[] {
  const names = new Set(touched.map(({ tenant }) => tenant));
  return plan.tenants.filter(({ tenant }) => names.has(tenant)).map((each) => tenantPlanView(node, each));
}
