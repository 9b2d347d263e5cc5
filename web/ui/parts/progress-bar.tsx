import type { CommitProgress } from '../../api/models/edit.ts';
import { type ProgressTone, progressWords } from '../words/progress.ts';

const colours: Readonly<Record<ProgressTone, { readonly text: string; readonly bar: string }>> = {
  done: { text: 'text-good', bar: 'bg-good' },
  busy: { text: 'text-accent', bar: 'bg-accent bar-busy' },
  stopped: { text: 'text-bad', bar: 'bg-bad' },
  none: { text: 'text-dim', bar: 'bg-edge' },
};

/** How far a commit has converged, as a bar and in words. */
export function ProgressBar({
  progress,
}: {
  readonly progress: Pick<CommitProgress, 'tenants' | 'nodes' | 'affected' | 'converged'>;
}) {
  const { tone, words, share } = progressWords(progress);
  const colour = colours[tone];
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <span className="h-1 w-14 overflow-hidden rounded-full bg-line" aria-hidden="true">
        <span
          className={`block h-full rounded-full ${colour.bar}`}
          style={{ width: `${Math.max(tone === 'busy' ? 8 : 0, share * 100)}%` }}
        />
      </span>
      <span className={`text-xs ${colour.text}`}>{words}</span>
    </span>
  );
}
