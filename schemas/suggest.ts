/** Longer words are not compared: the distance costs the product of both lengths. */
const LONGEST = 64;

/**
 * The known word that a mistyped one most likely meant; null when none is near. Near is one edit in short words, up to
 * three in long ones; a swap of neighbours counts as one edit, upper and lower case as none.
 */
export function closest(word: string, known: readonly string[]): string | null {
  if (word.length === 0 || word.length > LONGEST) return null;
  const lower = word.toLowerCase();
  let best: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 3));
  if (least > 3) least = 3;
  for (const candidate of known) {
    if (candidate.length > LONGEST) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance < least || (distance === least && best === null)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(cell(row, j - 1) + 1, cell(rows[i - 1], j) + 1, cell(rows[i - 1], j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, cell(rows[i - 2], j - 2) + 1);
      }
      row.push(value);
    }
    rows.push(row);
  }
  return cell(rows[a.length], b.length);
}

function cell(row: readonly number[] | undefined, column: number): number {
  return row?.[column] ?? Number.POSITIVE_INFINITY;
}
