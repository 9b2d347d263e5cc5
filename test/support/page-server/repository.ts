import type { CommitProgress } from '../../../web/api/models/edit.ts';
import { hostile, now, oidOf } from './fleet.ts';
import { starter } from './starter.ts';

export interface FixtureCommit {
  readonly progress: CommitProgress;
  /** All files after it. */
  readonly files: ReadonlyMap<string, string>;
}

/** A repository in memory: enough of one that edits have bases, histories and conflicts. */
export class FixtureRepository {
  readonly commits: FixtureCommit[] = [];

  constructor() {
    const subjects = [
      'start the platform',
      'production: pin sha-4f2c1d9',
      'globex: set LOG_LEVEL to debug',
      `acme: ${hostile}`,
      'acme: greet by name',
    ];
    const greeting = 'tenants/acme/prompts/greeting.yaml';
    const newest = new Map(starter());
    const earlier = (newest.get(greeting) ?? '').replace('Ask one question at a time.', 'Say hello.');
    subjects.forEach((subject, index) => {
      // The newest of them greets by name.
      const files = index === subjects.length - 1 ? newest : new Map(newest).set(greeting, earlier);
      this.commits.unshift({
        files,
        progress: progressOf(subject, 5 + index, now - (subjects.length - index) * 3_600_000, ['acme']),
      });
    });
  }

  get head(): FixtureCommit {
    const [head] = this.commits;
    if (head === undefined) throw new Error('The repository is empty.');
    return head;
  }

  /** By its id or the first characters of it. */
  at(oid: string): FixtureCommit | null {
    return this.commits.find(({ progress }) => progress.commit.oid.startsWith(oid)) ?? null;
  }

  read(path: string): string | null {
    return this.head.files.get(path) ?? null;
  }

  /** What a commit changed, by the files of the one before. */
  changed(oid: string): { path: string; before: string | null; after: string | null }[] {
    const index = this.commits.findIndex(({ progress }) => progress.commit.oid === oid);
    const after = this.commits[index]?.files ?? new Map<string, string>();
    const before = this.commits[index + 1]?.files ?? new Map<string, string>();
    return [...new Set([...before.keys(), ...after.keys()])]
      .sort()
      .map((path) => ({ path, before: before.get(path) ?? null, after: after.get(path) ?? null }))
      .filter((file) => file.before !== file.after);
  }

  /** Commits one file (null removes it) and answers the commit. */
  commit(path: string, text: string | null, subject: string, tenants: readonly string[]): FixtureCommit {
    const files = new Map(this.head.files);
    if (text === null) files.delete(path);
    else files.set(path, text);
    const progress = progressOf(subject, 5 + this.commits.length, Date.now(), tenants, 'waiting');
    const made = { files, progress };
    this.commits.unshift(made);
    return made;
  }
}

function progressOf(
  subject: string,
  number: number,
  at: number,
  tenants: readonly string[],
  state: 'waiting' | 'converged' = 'converged',
): CommitProgress {
  return {
    commit: { oid: oidOf(number), subject, author: { name: 'Ada Lovelace', email: 'ada@example.com' }, at },
    body: [],
    edit: 'set',
    nodes: [
      { node: 'worker-1', state, revision: oidOf(number), at },
      { node: 'worker-3', state: 'away', revision: oidOf(6), at: null },
    ],
    tenants: tenants.map((tenant) => ({ tenant, node: 'worker-1', state, detail: '', at })),
    affected: tenants.length,
    converged: state === 'converged' ? tenants.length : 0,
  };
}
