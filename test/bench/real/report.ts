import type { Target } from '../targets.ts';
import type { RealResult } from './measure.ts';

/** What is counted rather than measured, as the JSON report holds it. */
export type RealFacts = Pick<RealResult, 'tenants' | 'restarts' | 'isolation' | 'changes'>;

export function realFacts({ tenants, restarts, isolation, changes }: RealResult): RealFacts {
  return { tenants, restarts, isolation, changes };
}

/** One line a restart and a line on who reaches whom. */
export function realLines({ tenants, restarts, isolation, changes }: RealFacts): string[] {
  const pairs = sum(isolation.map((one) => one.pairs));
  const reached = sum(isolation.map((one) => one.reached));
  const fromNode = isolation.map((one) => one.fromNode).join(', ');
  return [
    ...restarts.map(
      ({ way, begunAnew, replaced, changingCalls }) =>
        `Engine ${way}: of ${tenants} containers ${begunAnew} began anew and ${replaced} were replaced, by ${changingCalls} changing calls.`,
    ),
    `One prompt took ${changes.prompt} changing calls, one image ${changes.image}.`,
    `Of ${pairs} attempts from one tenant to another ${reached} were answered; the node reached ${fromNode} of ${tenants}.`,
  ];
}

/** What the project has set itself for real engines. Each value is the worst that was seen. */
export function realTargets({ tenants, restarts, isolation }: RealResult): Target[] {
  const atMost = (text: string, values: readonly number[], limit: number): Target => {
    const ratio = Math.max(...values);
    return { text, ratio, limit, reached: ratio <= limit };
  };
  const restored = restarts.filter(({ liveRestore }) => liveRestore);
  const unreached = isolation.map((one) => one.reached + (one.pairs - one.itself) + (tenants - one.fromNode));
  return [
    atMost(
      'real: seconds from an answering engine to all in sync, at most 30',
      restarts.map(({ recoveredMs }) => recoveredMs / 1_000),
      30,
    ),
    atMost(
      'real: containers that begin anew under live-restore, none',
      restored.map(({ begunAnew, replaced }) => begunAnew + replaced),
      0,
    ),
    atMost(
      'real: tenants that reach another, or not themselves, or that the node does not reach, none',
      unreached,
      0,
    ),
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
