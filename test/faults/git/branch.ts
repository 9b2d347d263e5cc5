import { git } from '../../support/git-repo.ts';

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

/** A branch of a served repository that another hand moves, and that can be put back. */
export class MovedBranch {
  readonly #bare: string;
  readonly #ref: string;
  #before: string | null = null;
  /** Where it was moved to; null when it was taken away. */
  #to: string | null = null;
  #emptied = false;

  constructor(bare: string, branch: string) {
    this.#bare = bare;
    this.#ref = `refs/heads/${branch}`;
  }

  /** One commit without a past, in which a tenant is missing: to follow it would take that tenant away. */
  rewrite(): void {
    const tenants = this.#entries(`${this.#head()}:tenants`).slice(0, -1);
    const tree = this.#tree(tenants);
    const root = this.#entries(this.#head()).map((line) =>
      line.endsWith('\ttenants') ? `040000 tree ${tree}\ttenants` : line,
    );
    this.#move(this.#commit(this.#tree(root), []));
  }

  /** A commit on top whose tree has no file. */
  empty(): void {
    git(this.#bare, ['hash-object', '-t', 'tree', '-w', '--stdin']);
    this.#move(this.#commit(emptyTree, ['-p', this.#head()]));
    this.#emptied = true;
  }

  lose(): void {
    this.#remember();
    this.#to = null;
    git(this.#bare, ['update-ref', '-d', this.#ref]);
  }

  /**
   * As it was before the first of these, or as somebody has pushed it since; nothing when none was done. What was emptied
   * is undone by a merge, as a person would: to set the branch back would be to rewrite it. Its first parent is their own
   * line, for an approval is bound to a revision of that one.
   */
  restore(): void {
    if (this.#before === null) return;
    const now = this.#present();
    const wanted = now === null || now === this.#to ? this.#before : now;
    const emptied = this.#emptied ? this.#to : null;
    const onTop = emptied === null ? wanted : this.#commit(`${wanted}^{tree}`, ['-p', wanted, '-p', emptied]);
    git(this.#bare, ['update-ref', this.#ref, onTop]);
    this.#before = null;
    this.#emptied = false;
  }

  #entries(tree: string): string[] {
    return git(this.#bare, ['ls-tree', tree]).split('\n');
  }

  #tree(entries: readonly string[]): string {
    return git(this.#bare, ['mktree'], `${entries.join('\n')}\n`);
  }

  #move(commit: string): void {
    this.#remember();
    this.#to = commit;
    git(this.#bare, ['update-ref', this.#ref, commit]);
  }

  #commit(tree: string, parents: readonly string[]): string {
    return git(this.#bare, [
      'commit-tree',
      git(this.#bare, ['rev-parse', tree]),
      ...parents,
      '-m',
      'another hand',
    ]);
  }

  /** Where it is; null when it is not there. */
  #present(): string | null {
    const ref = git(this.#bare, ['for-each-ref', '--format=%(objectname)', this.#ref]);
    return ref === '' ? null : ref;
  }

  #head(): string {
    return git(this.#bare, ['rev-parse', this.#ref]);
  }

  #remember(): void {
    this.#before ??= this.#head();
  }
}
