/** Parts of a filter as they are asked for: what is undefined or empty is not asked for. */
export type Filtered<F> = { readonly [K in keyof F]?: string | undefined };

/** A filter without its empty parts, which then disappear from the address. */
export function filterOf<F>(parts: Filtered<F>): F {
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''),
  ) as F;
}

/** A text of an address. */
export function textOf(value: unknown): string | undefined {
  // The router reads `?q=1` as a number.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}
