/** Something that the palette can do. */
export interface Command {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
}

/** Commands whose name holds the letters of a query in their order; those that begin with it first. */
export function matching<C extends Command>(commands: readonly C[], query: string): C[] {
  const letters = query.trim().toLowerCase();
  if (letters === '') return [...commands];
  return commands
    .filter(({ name }) => holds(name.toLowerCase(), letters))
    .toSorted((a, b) => rank(a, letters) - rank(b, letters));
}

function holds(name: string, letters: string): boolean {
  let at = -1;
  return [...letters].every((letter) => {
    at = name.indexOf(letter, at + 1);
    return at !== -1;
  });
}

function rank({ name }: Command, letters: string): number {
  const place = name.toLowerCase().indexOf(letters);
  return place === -1 ? 99 : place;
}
