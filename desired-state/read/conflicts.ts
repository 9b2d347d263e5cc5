import type { Problem } from '../../schemas/problem.ts';
import type { Claim, Claimed } from './claims.ts';
import { problemAt } from './problem-at.ts';
import type { Refused } from './settle.ts';
import type { Shared } from './shared.ts';

/** Says to a holder why it does not get what it newly claims, and who has it. */
export function refusalProblem({ claim, others, taken }: Refused): Problem {
  const { what, at } = claim;
  if (what.type === 'capacity')
    return problemAt(at, 'policy/capacity', noRoom(claim, what, taken ? others : []));
  const thing =
    what.type === 'domain'
      ? `domain \`${what.domain}\``
      : `subdomain \`${what.subdomain}\` on node \`${what.node}\``;
  const message = taken
    ? `The ${thing} belongs to ${holders(others)} already; choose another.`
    : `The ${thing} is claimed here and by ${holders(others)} at once, so nobody gets it; leave it to one.`;
  return problemAt(at, 'policy/taken', message);
}

/**
 * Says that the limit came down below what is there. It stands at the node, holds nobody and stops nobody: those who
 * are there stay, and no more are let in.
 */
export function overdrawnProblems(contests: readonly (readonly Claim[])[], shared: Shared): Problem[] {
  return contests.flatMap((contest) => {
    const [first] = contest;
    if (first === undefined) return [];
    const { what, limit } = first;
    if (what.type !== 'capacity') {
      return contest.map((claim) => {
        const others = contest.filter((other) => other !== claim);
        return refusalProblem({ claim, others, taken: true });
      });
    }
    const node = shared.nodes.get(what.node);
    if (node === undefined || node === null) return [];
    const message = `The tenants of node \`${what.node}\` add up to ${show(what.of, total(contest))}, more than the ${show(what.of, limit)} it is given here. They stay, and none is added; raise this, or move tenants to another node.`;
    return [problemAt({ file: node.file, pointer: `/spec/capacity/${what.of}` }, 'policy/capacity', message)];
  });
}

function noRoom({ amount, limit }: Claim, { of, node }: ClaimedCapacity, there: readonly Claim[]): string {
  const room = `Node \`${node}\` has room for ${show(of, limit)}`;
  const more = `raise \`capacity\` in nodes/${node}.yaml, or choose another node`;
  if (of === 'tenants') {
    const taken =
      there.length === 0 ? '' : `, which ${holders(there)} ${there.length === 1 ? 'takes' : 'take'}`;
    return `${room}${taken}; ${more}.`;
  }
  if (there.length === 0)
    return `${room}, and this tenant alone asks for ${show(of, amount)}; ask for less, ${more}.`;
  const used = `of which ${holders(there)} ${there.length === 1 ? 'has' : 'have'} ${show(of, total(there))}`;
  return `${room}, ${used}, and this tenant asks for ${show(of, amount)}; ask for less, ${more}.`;
}

type ClaimedCapacity = Extract<Claimed, { type: 'capacity' }>;

const NAMED = 3;

function holders(claims: readonly Claim[]): string {
  const names = claims.map(({ holder }) =>
    holder.includes('/') ? `the site in ${holder}` : `tenant \`${holder}\``,
  );
  const shown = names.slice(0, NAMED);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length < 2 ? (shown[0] ?? 'nobody') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function total(claims: readonly Claim[]): number {
  return claims.reduce((sum, { amount }) => sum + amount, 0);
}

const MIB = 1024 ** 2;

/** An amount as the language writes it. */
function show(of: 'tenants' | 'memory' | 'cpus', amount: number): string {
  if (of === 'tenants') return `${amount} ${amount === 1 ? 'tenant' : 'tenants'}`;
  if (of === 'cpus') return `${amount / 1e9} ${amount === 1e9 ? 'processor' : 'processors'}`;
  if (amount % (1024 * MIB) === 0) return `${amount / (1024 * MIB)}Gi of memory`;
  return `${Math.round((amount / MIB) * 10) / 10}Mi of memory`;
}
