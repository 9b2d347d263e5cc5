/** The texts that somebody filled into a form, by the names of its fields; what was left empty is not among them. */
export function fieldsOf(form: HTMLFormElement): Partial<Record<string, string>> {
  const texts = [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return Object.fromEntries(texts);
}
