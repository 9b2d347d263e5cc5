import { structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'gap';
  readonly text: string;
  readonly before: number | null;
  readonly after: number | null;
}

/** What changed between two texts, line by line, with three lines around; null is a file that is not there. */
export function lineDiff(before: string | null, after: string | null): DiffLine[] {
  const { hunks } = structuredPatch('', '', before ?? '', after ?? '', '', '', { context: 3 });
  return hunks.flatMap((hunk, index) => {
    let old = hunk.oldStart;
    let now = hunk.newStart;
    const lines = hunk.lines
      // `\ No newline at end of file`
      .filter((line) => !line.startsWith('\\'))
      .map((line): DiffLine => {
        const text = line.slice(1);
        if (line.startsWith('+')) return { kind: 'added', text, before: null, after: now++ };
        if (line.startsWith('-')) return { kind: 'removed', text, before: old++, after: null };
        return { kind: 'same', text, before: old++, after: now++ };
      });
    return index === 0
      ? lines
      : [{ kind: 'gap', text: '⋯', before: null, after: null } satisfies DiffLine, ...lines];
  });
}
