/** A record that has nothing and inherits nothing: a tenant may be called `constructor`. */
export function emptyRecord<T>(): Record<string, T> {
  const record: unknown = Object.create(null);
  return record as Record<string, T>;
}
