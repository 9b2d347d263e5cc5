import { join } from 'node:path';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import type { Repository } from '../../../desired-state/git/port.ts';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import type { Tree } from './files.ts';

/** A real repository whose commits are whole trees, and the mirror of it that is read. */
export interface ReadFixture {
  readonly origin: FixtureRepository;
  readonly repository: Repository;
  /** Commits exactly these files and fetches. Answers the commit's id. */
  commit(tree: Tree): Promise<string>;
  remove(): Promise<void>;
}

export async function readFixture(): Promise<ReadFixture> {
  const origin = makeRepository(null);
  const dir = join(origin.dir, '..', 'mirror');
  const repository = await openBinaryRepository({ url: origin.dir, branch: 'main', dir });
  let before: Tree = {};
  return {
    origin,
    repository,
    async commit(tree) {
      const gone = Object.keys(before).filter((path) => !Object.hasOwn(tree, path));
      origin.commit({ ...tree, ...Object.fromEntries(gone.map((path) => [path, null])) });
      before = tree;
      return repository.fetch();
    },
    async remove() {
      await repository.close();
      origin.remove();
    },
  };
}

/** The same repository, with the revisions noted whose trees were asked for. */
export function watched(repository: Repository): {
  repository: Repository;
  readonly trees: string[];
  readonly compared: (readonly [string, string])[];
  readonly blobs: string[];
} {
  const trees: string[] = [];
  const compared: [string, string][] = [];
  const blobs: string[] = [];
  const seen: Repository = {
    fetch: (signal) => repository.fetch(signal),
    tree(revision) {
      trees.push(revision);
      return repository.tree(revision);
    },
    changes(from, to) {
      compared.push([from, to]);
      return repository.changes(from, to);
    },
    blobs(oids) {
      blobs.push(...oids);
      return repository.blobs(oids);
    },
    commits: (from, options) => repository.commits(from, options),
    isAncestor: (ancestor, descendant) => repository.isAncestor(ancestor, descendant),
    resolve: (name) => repository.resolve(name),
    commit: (edit) => repository.commit(edit),
    push: (commit, expected, signal) => repository.push(commit, expected, signal),
    publish: (commit, branch, signal) => repository.publish(commit, branch, signal),
    close: () => repository.close(),
  };
  return { repository: seen, trees, compared, blobs };
}
