/**
 * Records by name, and one rule for them, since a tenant may be called `constructor`, which every object inherits: what
 * this program makes name by name begins as `emptyRecord` and is read plainly; any other record (parsed, a literal) is
 * read through `own`.
 */

/** What a record holds under a name by itself. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A record that has nothing and inherits nothing, so that any name can be put into it. */
export function emptyRecord<T>(): Record<string, T> {
  const record: unknown = Object.create(null);
  return record as Record<string, T>;
}
