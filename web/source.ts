import { join } from 'node:path';
import { openRepository } from '../desired-state/git/open.ts';
import type { Repository } from '../desired-state/git/port.ts';
import { mayEdit } from './access/may-edit.ts';
import { RevisionFiles } from './branch/files.ts';
import { FollowedBranch } from './branch/follow.ts';
import { Reader } from './branch/reader.ts';
import type { Ending } from './ending.ts';
import { makeFirstCommit } from './git-server/first-commit.ts';
import { type GitServer, openGitServer } from './git-server/git-server.ts';
import { branchHead } from './git-server/repository.ts';
import type { WebOptions } from './options.ts';

/** The desired-state repository as the control node has it. */
export interface SourceParts {
  readonly repository: Repository;
  readonly reader: Reader;
  readonly files: RevisionFiles;
  readonly branch: FollowedBranch;
  /** Whether it was read before this start. */
  readonly wasRead: boolean;
  /** Null when the repository is at another host. */
  readonly gitServer: GitServer | null;
}

/**
 * Opens the repository, or serves its own; follows its branch from what is there now on.
 *
 * @param last the commit that was read last before; null for the first start
 */
export async function openSource(
  options: WebOptions,
  last: string | null,
  ending: Ending,
): Promise<SourceParts> {
  const { dataDir, log, pollMs } = options;
  const moved = { tell: (): Promise<void> => Promise.resolve() };
  const gitServer = options.repo === null ? await serveOwn(options, () => moved.tell()) : null;
  if (gitServer !== null) ending.add(() => gitServer.close());
  const repository = await openRepository({
    url: gitServer?.path ?? options.repo ?? '',
    branch: options.branch,
    dir: join(dataDir, 'mirror'),
    environment: options.environment,
    ...(options.signingKey === null ? {} : { signingKey: options.signingKey }),
  });
  ending.add(() => repository.close());
  if (gitServer !== null && (await branchHead(gitServer.path, options.branch)) === null)
    await makeFirstCommit(repository, options.platform);
  const reader = new Reader(repository);
  const files = new RevisionFiles(repository);
  const branch = new FollowedBranch({
    repository,
    name: options.branch,
    reader,
    log,
    ...(pollMs === undefined ? {} : { pollMs }),
  });
  ending.add(() => branch.close());
  const ask = (): Promise<void> =>
    branch.refresh().then(
      () => undefined,
      (err: unknown) => log.warn({ err }, 'the repository could not be read; it is asked again'),
    );
  moved.tell = ask;
  if (last !== null) await branch.restore(last);
  await ask();
  branch.start();
  return { repository, reader, files, branch, wasRead: last !== null, gitServer };
}

function serveOwn({ dataDir, branch, log }: WebOptions, moved: () => Promise<void>): Promise<GitServer> {
  return openGitServer({ folder: join(dataDir, 'git'), name: 'platform', branch, mayEdit, moved, log });
}
