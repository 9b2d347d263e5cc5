import type { Colours } from './colours.ts';
import { padTo, visibleLength } from './text.ts';

/** Rows below a heading, each column as wide as its widest cell; the last one is not padded. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  colours: Colours,
): string[] {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => visibleLength(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [colours.dim(line(heading)), ...rows.map(line)];
}
