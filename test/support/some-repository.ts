import type { Repository } from '../../desired-state/git/port.ts';

/** A repository that can do only what it is given: a call of anything else fails, and names itself. */
export function someRepository(able: Partial<Repository>): Repository {
  const unused = (method: keyof Repository) => async (): Promise<never> => {
    throw new Error(`this repository was not made for ${method}()`);
  };
  return {
    fetch: unused('fetch'),
    tree: unused('tree'),
    changes: unused('changes'),
    blobs: unused('blobs'),
    commits: unused('commits'),
    isAncestor: unused('isAncestor'),
    resolve: unused('resolve'),
    commit: unused('commit'),
    push: unused('push'),
    publish: unused('publish'),
    close: async () => {},
    ...able,
  };
}
