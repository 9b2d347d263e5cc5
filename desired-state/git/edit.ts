import { GitError } from './errors.ts';
import type { CommitEdit, Person, TreeEntry } from './port.ts';
import { judgePaths, judgeTree } from './tree-rules.ts';

/** An edit that was found sound: what to write, by path, and what to take out. */
export interface JudgedEdit {
  readonly writes: readonly { readonly path: string; readonly content: Uint8Array }[];
  /** Only paths that are there. */
  readonly deletes: readonly string[];
}

/**
 * Judges an edit against the files of its parent: the outcome must be a tree that `tree()` would accept, or the
 * commit would be refused everywhere as soon as it was pushed. Pure.
 * @throws GitError `git/unsafe-path`, `git/unsafe-tree`
 */
export function judgeEdit(changes: CommitEdit['changes'], parent: readonly TreeEntry[]): JudgedEdit {
  judgePaths(Object.keys(changes));
  const there = new Set(parent.map((entry) => entry.path));
  const writes: { path: string; content: Uint8Array }[] = [];
  const deletes: string[] = [];
  for (const [path, content] of Object.entries(changes)) {
    if (content !== null) writes.push({ path, content });
    else if (there.has(path)) deletes.push(path);
  }
  const after = new Map<string, number | null>(parent.map((entry) => [entry.path, null]));
  for (const path of deletes) after.delete(path);
  for (const { path, content } of writes) after.set(path, content.length);
  refuseFileAsFolder(after);
  const oid = '0'.repeat(40);
  judgeTree([...after].map(([path, size]) => ({ mode: '100644', oid, path: Buffer.from(path), size })));
  return { writes, deletes };
}

/** A name can be a file or a folder, not both. */
function refuseFileAsFolder(paths: ReadonlyMap<string, unknown>): void {
  for (const path of paths.keys()) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end);
      if (!paths.has(folder)) continue;
      const why = `is a file already, so ${path} cannot be in it`;
      throw new GitError(
        'git/unsafe-path',
        `${folder} ${why}. Delete the file in the same edit, or pick another name.`,
        {
          offences: [{ path: folder, why }],
        },
      );
    }
  }
}

/** A person as a commit can hold it: Git's format gives `<`, `>` and line breaks a meaning. */
export function cleanPerson(person: Person): Person {
  const clean = (text: string): string => text.replaceAll(/[<>\u0000-\u001f\u007f]/g, '').trim();
  const email = clean(person.email);
  return { name: clean(person.name) || email || 'unknown', email: email || 'unknown' };
}

/** A commit message with one newline at its end and no NUL, which would end it early. */
export function cleanMessage(message: string): string {
  return `${message.replaceAll('\0', '').trimEnd()}\n`;
}
