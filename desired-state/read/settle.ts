import type { Claim } from './claims.ts';
import { byCodeUnits } from './sorted-map.ts';
import type { Standing } from './standing.ts';
import type { Interruptible } from './turns.ts';

/** One that wants things, and what it falls back to. */
export interface Bidder {
  /** As in `Claim.holder`. */
  readonly holder: string;
  /**
   * What it claims, from the newest down to what it has now. Whoever loses falls to the next; after the last it claims
   * nothing.
   */
  readonly stages: readonly (readonly Claim[])[];
  /** What it has now: amounts by key. */
  readonly held: ReadonlyMap<string, number>;
}

/** One claim that was refused, and why. */
export interface Refused {
  readonly claim: Claim;
  /** Those who have it, in the order of names; those who claim it too when nobody got it. */
  readonly others: readonly Claim[];
  /** Whether the others have it; otherwise all of them came at once. */
  readonly taken: boolean;
}

export interface Settlement {
  /** Index into `stages` that stands for each holder; their number when nothing does. */
  readonly stages: ReadonlyMap<string, number>;
  /** Why a holder did not get its newest claims. */
  readonly refused: ReadonlyMap<string, readonly Refused[]>;
  /** Claims that nobody newly made and that exceed their limit all the same: the limit has come down. */
  readonly overdrawn: readonly (readonly Claim[])[];
}

/**
 * Gives each bidder the newest of its stages that can stand beside the others. Whoever has something keeps it: only
 * claims that are new, or larger than what their holder has, can be refused. Pure; the order of bidders is irrelevant.
 *
 * @param standing claims of others, who have what they claim and claim nothing else: they cannot lose, so that it makes
 * no difference whether they are among the bidders or here
 */
export function* settle(bidders: readonly Bidder[], standing: Standing): Interruptible<Settlement> {
  const byName = bidders.toSorted((a, b) => byCodeUnits(a.holder, b.holder));
  const stages = new Map(byName.map(({ holder }) => [holder, 0]));
  const refused = new Map<string, Refused[]>();
  for (;;) {
    const { losers, overdrawn } = yield* judge(byName, stages, standing);
    if (losers.size === 0) return { stages, refused, overdrawn };
    // Each round moves somebody down, and nobody up: it ends.
    for (const [holder, reasons] of losers) {
      const stage = stages.get(holder) ?? 0;
      if (stage === 0) refused.set(holder, reasons);
      stages.set(holder, stage + 1);
    }
  }
}

interface Round {
  readonly losers: ReadonlyMap<string, Refused[]>;
  readonly overdrawn: readonly (readonly Claim[])[];
}

interface Contender {
  readonly claim: Claim;
  /** How much of it the holder has now. */
  readonly held: number;
}

function* judge(
  bidders: readonly Bidder[],
  stages: ReadonlyMap<string, number>,
  standing: Standing,
): Interruptible<Round> {
  const contests = new Map<string, Contender[]>();
  for (const { holder, stages: claims, held } of bidders) {
    yield;
    for (const claim of claims[stages.get(holder) ?? 0] ?? []) {
      const contender = { claim, held: held.get(claim.key) ?? 0 };
      const contest = contests.get(claim.key);
      if (contest === undefined) contests.set(claim.key, [contender]);
      else contest.push(contender);
    }
  }
  const losers = new Map<string, Refused[]>();
  const overdrawn: (readonly Claim[])[] = [];
  for (const [key, bids] of contests) {
    yield;
    if (!exceeds(bids, standing.amount(key))) continue;
    const contest = withStanding(bids, standing.claims(key));
    const beaten = beatenIn(contest);
    if (beaten.length === 0) overdrawn.push(contest.map(({ claim }) => claim));
    for (const loser of beaten) {
      const { holder } = loser.claim;
      losers.set(holder, [...(losers.get(holder) ?? []), reasonFor(loser, contest, beaten)]);
    }
  }
  return { losers, overdrawn };
}

function exceeds(bids: readonly Contender[], taken: number): boolean {
  const [first] = bids;
  return first !== undefined && taken + sum(bids, ({ claim }) => claim.amount) > first.claim.limit;
}

/** All who take part, in the order of names. */
function withStanding(bids: readonly Contender[], claims: Iterable<Claim>): readonly Contender[] {
  const others = [...claims].map((claim) => ({ claim, held: claim.amount }));
  return [...bids, ...others].sort((a, b) => byCodeUnits(a.claim.holder, b.claim.holder));
}

/** Those who must step back; empty when everybody only asks for what they have. */
function beatenIn(contest: readonly Contender[]): readonly Contender[] {
  const incumbents = contest.filter(isIncumbent);
  const newcomers = contest.filter((contender) => !isIncumbent(contender));
  const [first] = newcomers;
  if (first === undefined) return [];
  // A name that came twice at once belongs to neither: which of them is meant, only a person knows.
  if (first.claim.what.type !== 'capacity') return newcomers;
  let used = sum(incumbents, ({ claim }) => claim.amount) + sum(newcomers, ({ held }) => held);
  return newcomers.filter(({ claim, held }) => {
    const more = claim.amount - held;
    if (used + more > claim.limit) return true;
    used += more;
    return false;
  });
}

function isIncumbent({ claim, held }: Contender): boolean {
  return held >= claim.amount;
}

function reasonFor(loser: Contender, contest: readonly Contender[], beaten: readonly Contender[]): Refused {
  const standing = contest.filter((other) => !beaten.includes(other));
  const others = standing.length > 0 ? standing : contest.filter((other) => other !== loser);
  return { claim: loser.claim, others: others.map(({ claim }) => claim), taken: standing.length > 0 };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
