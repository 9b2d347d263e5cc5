import type { Repository } from '../../desired-state/git/port.ts';
import { starterFiles } from '../../desired-state/write/starter.ts';

/** What a new platform begins with: its own file, channels, library and schemas; nodes and tenants are for people. */
const begins = /^(tenantry\.yaml|channels\/|library\/|\.tenantry\/)/;

/**
 * Makes the first commit of an empty repository, so that there is something to clone and to show.
 *
 * @param platform name of the installation, which never changes
 * @returns its id
 */
export async function makeFirstCommit(repository: Repository, platform: string): Promise<string> {
  const files = Object.entries(await starterFiles({ platform })).filter(([path]) => begins.test(path));
  const committer = { name: 'Tenantry', email: 'tenantry@localhost' };
  const commit = await repository.commit({
    parent: null,
    changes: Object.fromEntries(files.map(([path, text]) => [path, Buffer.from(text)])),
    message: 'Begin the desired state\n\nTenantry-Edit: init\n',
    author: committer,
    committer,
  });
  await repository.push(commit, null);
  return commit;
}
