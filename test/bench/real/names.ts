import { describeSpread, type Spread } from '../floor.ts';

/** How bare calls are spread here: what the group `cold` finds to be among the best, over and over. */
export const spread: Spread = { starts: 4, order: 'each' };

/** Names of the group's figures, in the order in which they are shown. */
export const real = {
  floor: `cold: bare dockerode, ${describeSpread(spread)}`,
  cold: 'cold: tenantry reconcile --once, health waited for',
  pass: 'no-op: full pass, the first of a process',
  again: 'no-op: tenantry reconcile --once',
  prompt: 'one change: commit of a prompt to in sync',
  image: 'one change: commit of an image to in sync',
  answers: (how: string) => `engine ${how}: daemon started to answering`,
  recovered: (how: string) => `engine ${how}: answering to all in sync`,
} as const;

export const signals = ['SIGTERM', 'SIGKILL'] as const;

/** All of them, as they are shown. */
export function realNames(): string[] {
  const ways = [true, false].flatMap((restore) => signals.map((signal) => wayOf(signal, restore)));
  const { floor, cold, pass, again, prompt, image } = real;
  const single = [floor, cold, pass, again, prompt, image];
  return [...single, ...ways.flatMap((way) => [real.answers(way), real.recovered(way)])];
}

/** `stopped, live-restore on`: which of the four ways of moby's matrix a figure is of. */
export function wayOf(signal: (typeof signals)[number], liveRestore: boolean): string {
  return `${signal === 'SIGTERM' ? 'stopped' : 'killed'}, live-restore ${liveRestore ? 'on' : 'off'}`;
}
