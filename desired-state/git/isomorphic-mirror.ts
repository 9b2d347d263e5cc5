import fs from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import git from 'isomorphic-git';

export const REMOTE = 'tenantry';

/** Whether the mirror at `gitdir` of the repository at `url` can be worked with as it is. */
export async function opens(gitdir: string, url: string): Promise<boolean> {
  const head = await readFile(join(gitdir, 'HEAD'), 'utf8').catch(() => '');
  if (!head.startsWith('ref: ')) return false;
  const remotes = await git.listRemotes({ fs, gitdir }).catch(() => []);
  return remotes.some((one) => one.remote === REMOTE && one.url === url);
}

/** Makes `gitdir` a bare repository that knows where it mirrors; keeps the objects that are there. */
export async function init(gitdir: string, url: string): Promise<void> {
  // isomorphic-git passes over failures to make folders; this one tells them.
  await mkdir(gitdir, { recursive: true, mode: 0o700 });
  await git.init({ fs, dir: gitdir, gitdir, bare: true });
  await git.addRemote({ fs, gitdir, remote: REMOTE, url, force: true });
}
