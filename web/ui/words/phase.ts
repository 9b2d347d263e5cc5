import type { TenantSummary } from '../../api/models/tenant.ts';

export type Phase = TenantSummary['phase'];
export type Tone = 'bad' | 'warn' | 'busy' | 'good' | 'quiet';

interface PhaseWords {
  readonly word: string;
  readonly tone: Tone;
  readonly means: string;
}

/** What needs a person first. */
export const phases: Readonly<Record<Phase, PhaseWords>> = {
  Failed: {
    word: 'Failed',
    tone: 'bad',
    means: 'The last change could not be made; the node tries again or waits for a commit.',
  },
  Degraded: { word: 'Degraded', tone: 'bad', means: 'It is as Git says, and not well.' },
  Held: { word: 'Held', tone: 'warn', means: 'A change waits for somebody to approve or mend it in Git.' },
  Drifted: { word: 'Drifted', tone: 'warn', means: 'Somebody changed it outside Git.' },
  Progressing: { word: 'Progressing', tone: 'busy', means: 'The node is making it what Git says.' },
  Suspended: { word: 'Suspended', tone: 'quiet', means: 'Git says to leave it alone for a while.' },
  Unknown: { word: 'Not heard of', tone: 'quiet', means: 'Its node has not said anything of it yet.' },
  InSync: { word: 'In sync', tone: 'good', means: 'What runs is what Git says.' },
};

export const phaseOrder = Object.keys(phases) as readonly Phase[];

/** The words of a phase; a phase that a newer server says is shown as it comes. */
export function phaseWords(phase: string): PhaseWords {
  return Object.hasOwn(phases, phase)
    ? phases[phase as Phase]
    : { word: phase, tone: 'quiet', means: 'This page does not know the phase yet; reload it.' };
}

/**
 * One sentence for a whole fleet.
 *
 * @param away tenants on nodes that are away, of which only their last word is known
 */
export function fleetSentence(counts: Readonly<Record<string, number>>, total: number, away: number): string {
  if (total === 0) return 'No tenants yet';
  const inSync = counts['InSync'] ?? 0;
  const live =
    away === 1
      ? '1 lives on a node that is away'
      : `${away.toLocaleString('en')} live on nodes that are away`;
  if (inSync === total) {
    const all =
      total === 1
        ? 'The one tenant is as Git says'
        : `All ${total.toLocaleString('en')} tenants are as Git says`;
    if (away === 0) return all;
    return total === 1
      ? `${all}, as of the last word of its node, which is away`
      : `${all}, as of their last word; ${live}`;
  }
  const other = (total - inSync).toLocaleString('en');
  const some = `${other} of ${total.toLocaleString('en')} tenants ${total - inSync === 1 ? 'is' : 'are'} not as Git says`;
  return away === 0 ? some : `${some}; ${live}`;
}
