/**
 * A list of references that says what HEAD is, as most servers do: isomorphic-git fails without it, after the pack has
 * come, when the server's HEAD names a branch that is not there. We follow a branch by its name, so that any will do.
 * Pure; what is no such list (protocol 2, an error) stays as it is.
 *
 * @param answer of `info/refs`: pkt-lines (four hex digits of length, then the payload)
 */
export function withHead(answer: Buffer, branch: string): Buffer {
  let first: Line | null = null;
  for (const found of linesOf(answer)) {
    if (/^[0-9a-f]{40} HEAD[\0\n]/.test(found.line) || found.line.includes(' symref=HEAD:')) return answer;
    if (first === null && /^[0-9a-f]{40} [^\0]+\0/.test(found.line)) first = found;
  }
  if (first === null) return answer;
  const line = answer.toString('utf8', first.at + 4, first.end).replace(/\n$/, '');
  const told = Buffer.from(`${line} symref=HEAD:refs/heads/${branch}\n`);
  const length = (told.length + 4).toString(16).padStart(4, '0');
  return Buffer.concat([answer.subarray(0, first.at), Buffer.from(length), told, answer.subarray(first.end)]);
}

/** The commits at which such a list says that the server's history begins in the middle. Pure. */
export function shallowCommits(answer: Buffer): readonly string[] {
  if (!answer.includes('shallow ')) return [];
  return [...linesOf(answer)].flatMap(({ line }) => /^shallow ([0-9a-f]{40})\n?$/.exec(line)?.[1] ?? []);
}

interface Line {
  /** Where its length stands, and where it ends. */
  readonly at: number;
  readonly end: number;
  /** The payload as latin1. */
  readonly line: string;
}

function* linesOf(answer: Buffer): Generator<Line> {
  for (let at = 0; at + 4 <= answer.length; ) {
    const length = Number.parseInt(answer.toString('latin1', at, at + 4), 16);
    if (Number.isNaN(length)) return;
    const end = at + Math.max(4, length);
    yield { at, end, line: answer.toString('latin1', at + 4, end) };
    at = end;
  }
}
