/** A map of JSON, as against a list or a scalar. The page runs this too: nothing of Node here. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
