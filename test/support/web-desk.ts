import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '../../desired-state/git/open.ts';
import type { Repository } from '../../desired-state/git/port.ts';
import { starterFiles } from '../../desired-state/write/starter.ts';
import type { PlanView } from '../../web/api/models/edit.ts';
import { RevisionFiles } from '../../web/branch/files.ts';
import { FollowedBranch } from '../../web/branch/follow.ts';
import { Reader } from '../../web/branch/reader.ts';
import { Desk, type DeskParts } from '../../web/edits/desk.ts';
import type { Caller } from '../../web/ports.ts';
import { type Files, type FixtureRepository, git, gitBytes, makeRepository } from './git-repo.ts';
import { quiet } from './sandbox.ts';

export const ada: Caller = {
  id: 'ada',
  person: { name: 'Ada', email: 'ada@example.com' },
  role: 'platform-admin',
  tenants: null,
  owns: new Set(),
  via: 'session',
};

/** A control node's edits over a real bare repository; nobody plans. */
export interface DeskWorld {
  readonly work: FixtureRepository;
  readonly bare: string;
  readonly repository: Repository;
  readonly reader: Reader;
  readonly files: RevisionFiles;
  readonly branch: FollowedBranch;
  readonly desk: Desk;
  /** Plans that were kept, by commit. */
  readonly plans: Map<string, PlanView>;
  /** Somebody else's commit, pushed without the control node. Answers its id. */
  meanwhile(files: Files): string;
  /** The newest commit of the bare repository. */
  head(): string;
  /** The text of a file of the newest revision. */
  text(path: string): string;
  close(): Promise<void>;
}

/** @param more files beside those of the starter repository */
export async function deskWorld(
  parts: Partial<DeskParts> & { readonly more?: Files; readonly signingKey?: string } = {},
): Promise<DeskWorld> {
  const { more = {}, signingKey, ...desk } = parts;
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-desk-'));
  const work = makeRepository({ ...(await starterFiles({ platform: 'test' })), ...more });
  const bare = work.bare();
  const repository = await openRepository({
    url: bare,
    branch: 'main',
    dir: join(folder, 'mirror'),
    ...(signingKey === undefined ? {} : { signingKey }),
  });
  const reader = new Reader(repository);
  const files = new RevisionFiles(repository);
  const branch = new FollowedBranch({ repository, name: 'main', reader, log: quiet });
  await branch.refresh();
  const plans = new Map<string, PlanView>();
  const made = new Desk({
    branch,
    reader,
    files,
    mayEdit: () => [],
    planOf: async () => null,
    committer: { name: 'Tenantry', email: 'tenantry@control.example' },
    pulls: null,
    log: quiet,
    now: Date.now,
    keepPlan: async (commit, plan) => void plans.set(commit, plan),
    ...desk,
  });
  return {
    work,
    bare,
    repository,
    reader,
    files,
    branch,
    desk: made,
    plans,
    meanwhile(changes) {
      work.git('pull', '--quiet', '--ff-only', bare, 'main');
      work.commit(changes, 'meanwhile');
      work.git('push', '--quiet', bare, 'HEAD:refs/heads/main');
      return work.revision();
    },
    head: () => git(bare, ['rev-parse', 'refs/heads/main']),
    text: (path) => gitBytes(bare, ['show', `refs/heads/main:${path}`]).toString('utf8'),
    async close() {
      await made.close();
      await branch.close();
      await repository.close();
      work.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
