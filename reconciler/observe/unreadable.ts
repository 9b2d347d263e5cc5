/** So many tenants that cannot be read are in trouble of their own; beyond, a tenth of those that were asked for. */
const few = 8;

/**
 * The tenants that could not be read, with the reasons.
 *
 * @param asked how many tenants were asked for
 * @throws the first reason where nobody could be read, or many could not: then it is the engine's trouble, or the disk's
 */
export function unreadableOf(
  failures: readonly ReadonlyMap<string, Error>[],
  asked: number,
): ReadonlyMap<string, string> {
  const failed = new Map(failures.flatMap((each) => [...each]));
  const [first] = failed.values();
  if (first !== undefined && (failed.size >= asked || failed.size > Math.max(few, asked / 10))) throw first;
  return new Map([...failed].map(([tenant, { message }]) => [tenant, message]));
}
