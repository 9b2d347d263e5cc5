/** Longer words are not compared: people mistype short ones, and a file made to cost is full of long ones. */
const LONGEST = 40;

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
    // The distance is at least the difference in length; and one farther than the best so far is of no interest.
    if (candidate.length > LONGEST || Math.abs(candidate.length - word.length) > least) continue;
    const distance = editDistance(lower, candidate.toLowerCase(), least);
    if (distance < least || (distance === least && best === null)) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** More edits than any two compared words are apart. */
const FAR = 255;

/**
 * Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment); `FAR` when
 * there are more than `most`. Only cells that near to the diagonal are looked at, so that the cost is the product of the
 * length and `most`.
 */
function editDistance(a: string, b: string, most: number): number {
  let two = new Uint8Array(b.length + 1).fill(FAR);
  let one = new Uint8Array(b.length + 1).fill(FAR);
  let row = new Uint8Array(b.length + 1).fill(FAR);
  for (let j = 0; j <= Math.min(b.length, most); j += 1) one[j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    const from = Math.max(1, i - most);
    const to = Math.min(b.length, i + most);
    row[from - 1] = from === 1 && i <= most ? i : FAR;
    if (to < b.length) row[to + 1] = FAR;
    let nearest = row[from - 1] ?? FAR;
    for (let j = from; j <= to; j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let value = Math.min(at(row, j - 1) + 1, at(one, j) + 1, at(one, j - 1) + (same ? 0 : 1), FAR);
      if (!same && i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2)) {
        if (a.charCodeAt(i - 2) === b.charCodeAt(j - 1)) value = Math.min(value, at(two, j - 2) + 1);
      }
      row[j] = value;
      if (value < nearest) nearest = value;
    }
    if (nearest > most) return FAR;
    [two, one, row] = [one, row, two];
  }
  return at(one, b.length) > most ? FAR : at(one, b.length);
}

function at(row: Uint8Array, column: number): number {
  return row[column] ?? FAR;
}
