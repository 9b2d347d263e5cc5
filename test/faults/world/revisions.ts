import { cpSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FixtureRepository, makeRepository } from '../../support/git-repo.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Site } from './site.ts';

/** The commits of a workload: the first is what stands, the others come one after the other. */
export interface Revisions {
  readonly before: string;
  readonly changes: readonly string[];
}

/** One repository that holds the commits of all workloads, each on a line of its own. Worlds take copies. */
export class Template {
  readonly #repository: FixtureRepository;
  readonly #bare: string;
  readonly #revisions: ReadonlyMap<string, Revisions>;

  private constructor(
    repository: FixtureRepository,
    bare: string,
    revisions: ReadonlyMap<string, Revisions>,
  ) {
    this.#repository = repository;
    this.#bare = bare;
    this.#revisions = revisions;
  }

  static async make(site: Site, workloads: readonly Workload[]): Promise<Template> {
    const repository = makeRepository({ 'README.md': '# faults\n' });
    const root = repository.revision();
    const revisions = new Map<string, Revisions>();
    for (const workload of workloads) {
      repository.git('switch', '--quiet', '--create', workload.name, root);
      const before = repository.commit(await workload.before(site), `${workload.name}: before`);
      const changes: string[] = [];
      for (const change of workload.changes) {
        const parent = changes.at(-1) ?? before;
        const files = await change.files(site, parent);
        const what = `${workload.name}: ${change.what}`;
        changes.push(change.hand === undefined ? repository.commit(files, what) : parent);
      }
      revisions.set(workload.name, { before, changes });
    }
    return new Template(repository, repository.bare('template.git'), revisions);
  }

  of(workload: string): Revisions {
    const found = this.#revisions.get(workload);
    if (found === undefined) throw new Error(`no workload ${workload}`);
    return found;
  }

  /** A bare copy in `dir`. */
  copy(dir: string): string {
    const bare = join(dir, 'platform.git');
    cpSync(this.#bare, bare, { recursive: true });
    return bare;
  }

  remove(): void {
    this.#repository.remove();
  }
}

/** Puts a branch at a commit, as a push does: another file takes the place of the reference's. */
export function moveBranch(bare: string, branch: string, commit: string): void {
  const file = join(bare, 'refs', 'heads', branch);
  writeFileSync(`${file}.lock`, `${commit}\n`);
  renameSync(`${file}.lock`, file);
}
