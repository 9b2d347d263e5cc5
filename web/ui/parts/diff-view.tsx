import { useMemo } from 'react';
import { type DiffLine, lineDiff } from '../words/line-diff.ts';

const looks: Readonly<
  Record<DiffLine['kind'], { readonly sign: string; readonly row: string; readonly name: string }>
> = {
  same: { sign: ' ', row: '', name: '' },
  added: { sign: '+', row: 'bg-good-soft', name: 'added' },
  removed: { sign: '−', row: 'bg-bad-soft', name: 'removed' },
  gap: { sign: ' ', row: 'text-dim', name: '' },
};

interface DiffViewProps {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly beforeName?: string;
  readonly afterName?: string;
}

/** The difference of one file. Added and removed lines are told by a sign first, by colour second. */
export function DiffView({ path, before, after, beforeName, afterName }: DiffViewProps) {
  const lines = useMemo(() => lineDiff(before, after), [before, after]);
  const what =
    before === null
      ? 'new file'
      : after === null
        ? 'removed'
        : beforeName === undefined
          ? ''
          : `− ${beforeName}, + ${afterName ?? ''}`;
  return (
    <figure className="panel overflow-hidden">
      <figcaption className="flex justify-between gap-3 border-b border-line px-3 py-1.5 text-xs">
        <span className="truncate font-mono">{path}</span>
        <span className="shrink-0 text-dim">{what}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="max-h-96 overflow-auto" tabIndex={0} role="region" aria-label={`Changes in ${path}`}>
        <table className="w-full border-collapse font-mono text-xs leading-5">
          <tbody>
            {lines.map((line, index) => (
              <tr key={`${index}`} className={`align-top ${looks[line.kind].row}`}>
                <td className="w-8 px-2 text-right text-dim select-none max-sm:hidden">
                  {line.before ?? ''}
                </td>
                <td className="w-8 px-2 text-right text-dim select-none max-sm:hidden">{line.after ?? ''}</td>
                <td className="w-4 text-center select-none" aria-label={looks[line.kind].name}>
                  {looks[line.kind].sign}
                </td>
                <td className="pr-3 whitespace-pre-wrap">{line.text}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
