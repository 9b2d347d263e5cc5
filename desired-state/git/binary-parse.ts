import type { Commit } from './port.ts';
import type { RawEntry } from './tree-rules.ts';

const NUL = 0;
const TAB = 0x09;

/** Reads `git ls-tree -r -z -l`: `mode type oid size<TAB>path<NUL>`. Pure. */
export function parseTree(output: Buffer): readonly RawEntry[] {
  const entries: RawEntry[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(NUL, start);
    const tab = output.indexOf(TAB, start);
    const head = output.toString('latin1', start, tab);
    const [mode, , oid, size] = head.split(/ +/);
    if (end === -1 || tab === -1 || mode === undefined || oid === undefined || size === undefined) {
      throw new Error(`git ls-tree wrote a line that is not understood: ${head.slice(0, 80)}`);
    }
    entries.push({
      mode,
      oid,
      size: size === '-' ? null : Number(size),
      path: output.subarray(tab + 1, end),
    });
    start = end + 1;
  }
  return entries;
}

/** Reads `git log -z --format=%H%x00%P%x00%an%x00%ae%x00%ct%x00%B`: six fields a commit. Pure. */
export function parseCommits(output: Buffer): readonly Commit[] {
  const fields = output.toString('utf8').split('\0');
  const commits: Commit[] = [];
  for (let index = 0; index + 5 < fields.length; index += 6) {
    const [oid = '', parents = '', name = '', email = '', seconds = '', message = ''] = fields.slice(
      index,
      index + 6,
    );
    commits.push({
      oid,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name, email },
      time: Number(seconds) * 1000,
      message: message.trimEnd(),
    });
  }
  return commits;
}
