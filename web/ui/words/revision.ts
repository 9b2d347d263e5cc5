/** The id of a commit, or its first characters, as the `pattern` of a field. */
export const revisionPattern = '[0-9a-f]{7,40}';

interface Past {
  readonly commit: { readonly oid: string };
  readonly ownFiles?: boolean;
}

/**
 * Commits that left another state of a tenant's own files than it has now. The newest one that changed them left the
 * present one; what reached the tenant from a channel or the library changed none of them.
 *
 * @param commits newest first
 */
export function returnable(commits: readonly Past[]): ReadonlySet<string> {
  const own = commits.filter(({ ownFiles }) => ownFiles === true).map(({ commit }) => commit.oid);
  return new Set(own.slice(1));
}
