/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(list: readonly T[], random: () => number): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/**
 * `count` of the list's entries, in the list's order; all of them when there are no more. As many different traits are
 * among them as so many entries can have.
 */
export function sample<T>(
  list: readonly T[],
  count: number,
  random: () => number,
  traitsOf: (entry: T) => readonly string[] = () => [],
): readonly T[] {
  const left = list
    .map((entry, index) => ({ entry, index, traits: traitsOf(entry), rank: random() }))
    .sort((a, b) => a.rank - b.rank);
  const chosen: typeof left = [];
  const seen = new Set<string>();
  while (chosen.length < count && left.length > 0) {
    const news = left.map(({ traits }) => traits.filter((trait) => !seen.has(trait)).length);
    const most = Math.max(...news);
    // Once there is nothing new to be had, all that is left is alike.
    const taken = left.splice(news.indexOf(most), most === 0 ? count - chosen.length : 1);
    chosen.push(...taken);
    for (const trait of taken.flatMap(({ traits }) => traits)) seen.add(trait);
  }
  return chosen.sort((a, b) => a.index - b.index).map(({ entry }) => entry);
}
