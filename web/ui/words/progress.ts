import type { CommitProgress } from '../../api/models/edit.ts';
import { count } from './value.ts';

export type ProgressTone = 'done' | 'busy' | 'stopped' | 'none';

export interface ProgressWords {
  readonly tone: ProgressTone;
  readonly words: string;
  /** Between 0 and 1. */
  readonly share: number;
}

/** Where a commit is, in a few words: what stopped it is said before how far it came. */
export function progressWords(
  progress: Pick<CommitProgress, 'tenants' | 'nodes' | 'affected' | 'converged'>,
): ProgressWords {
  const { affected, converged, tenants, nodes } = progress;
  const share = affected === 0 ? 1 : converged / affected;
  const failed = tenants.filter(({ state }) => state === 'failed').length;
  const held = tenants.filter(({ state }) => state === 'held').length;
  if (failed > 0) return { tone: 'stopped', words: `failed for ${count(failed, 'tenant')}`, share };
  if (held > 0) return { tone: 'stopped', words: `held for ${count(held, 'tenant')}`, share };
  if (affected > 0 && converged >= affected)
    return {
      tone: 'done',
      words: affected === 1 ? 'converged' : `converged, ${affected} of ${affected}`,
      share: 1,
    };
  if (affected === 0) {
    const behind = nodes.filter(({ state }) => state === 'waiting' || state === 'away').length;
    return behind === 0
      ? { tone: 'none', words: 'nothing to do', share: 1 }
      : { tone: 'busy', words: `waiting for ${count(behind, 'node')}`, share: 0 };
  }
  const away = nodes.filter(({ state }) => state === 'away').length;
  const rest = away > 0 ? `, ${count(away, 'node')} away` : '';
  return { tone: 'busy', words: `${converged} of ${affected} converged${rest}`, share };
}

/** Whether nothing more is awaited of it. What was stopped waits for a person. */
export function isOver({ tone }: ProgressWords): boolean {
  return tone === 'done' || tone === 'none';
}

/** First characters of a commit's id, as people say it. */
export function shortId(oid: string): string {
  return oid.slice(0, 7);
}
