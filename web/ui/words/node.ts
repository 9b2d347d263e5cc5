import type { Overview } from '../../api/models/platform.ts';
import { count } from './value.ts';

/** Whether a node follows, in words; the tone is a text colour of the page. */
export function nodeState({ linked, behind }: Pick<Overview['nodes'][number], 'linked' | 'behind'>): {
  readonly words: string;
  readonly tone: string;
} {
  if (!linked) return { words: 'away', tone: 'text-warn' };
  if (behind === null) return { words: 'linked, revision not known', tone: 'text-dim' };
  return behind === 0
    ? { words: 'up to date', tone: 'text-good' }
    : { words: `${count(behind, 'commit')} behind`, tone: 'text-accent' };
}
