import type { RawEntry } from './tree-rules.ts';

const NUL = 0;
const TAB = 0x09;

/** Reads `git ls-tree -r -z -l`, entry by entry: `mode type oid size<TAB>path<NUL>`. Pure. */
export function* parseTree(output: Buffer): Generator<RawEntry> {
  for (let start = 0; start < output.length; ) {
    const tab = output.indexOf(TAB, start);
    const end = output.indexOf(NUL, tab);
    const head = output.toString('latin1', start, tab);
    const type = head.indexOf(' ') + 1;
    const oid = head.indexOf(' ', type) + 1;
    const size = head.slice(oid + 41).trimStart();
    if (end === -1 || tab === -1 || type === 0 || oid === 0 || size === '') {
      throw new Error(`git ls-tree wrote a line that is not understood: ${head.slice(0, 80)}`);
    }
    yield {
      mode: head.slice(0, type - 1),
      oid: head.slice(oid, oid + 40),
      size: size === '-' ? null : Number(size),
      path: output.subarray(tab + 1, end),
    };
    start = end + 1;
  }
}

/** Paths of executable files among them. */
export function executablesOf(entries: readonly RawEntry[]): ReadonlySet<string> {
  const found = entries.filter(({ mode }) => mode === '100755');
  return new Set(found.map(({ path }) => Buffer.from(path).toString('utf8')));
}
