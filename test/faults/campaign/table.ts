import type { Cell } from './results.ts';

/** Actions down, workloads across; a cell is the number of points tried, and behind it in brackets how many broke. */
export function table(cells: readonly Cell[]): string {
  const workloads = [...new Set(cells.map(({ workload }) => workload))];
  const actions = [...new Set(cells.map(({ action }) => action))].sort();
  const of = (matches: (cell: Cell) => boolean): string => text(cells.filter(matches));
  const rows = [
    ['', ...workloads, 'all'],
    ...actions.map((action) => [
      action,
      ...workloads.map((workload) => of((cell) => cell.action === action && cell.workload === workload)),
      of((cell) => cell.action === action),
    ]),
    ['all', ...workloads.map((workload) => of((cell) => cell.workload === workload)), of(() => true)],
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function text(cells: readonly Cell[]): string {
  const tried = cells.reduce((sum, cell) => sum + cell.tried, 0);
  const broken = cells.reduce((sum, cell) => sum + cell.broken, 0);
  if (tried === 0) return '·';
  return broken === 0 ? String(tried) : `${tried} (${broken})`;
}

function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
