/** A commit's message taken apart. */
export interface CommitWords {
  readonly subject: string;
  /** Its lines, without empty ones and trailers. */
  readonly body: readonly string[];
  /** Kind of edit, from Tenantry's trailer; null for a commit that somebody made by hand. */
  readonly edit: string | null;
}

const TRAILER = /^[A-Za-z][A-Za-z-]*: /;
/** Lines of a message that are kept. */
const MOST = 50;

/** Reads a commit message; whoever wrote it may have written anything. Pure. */
export function commitWords(message: string): CommitWords {
  const [subject = '', ...lines] = message.split(/\r?\n/).map((line) => line.trim());
  const edit = lines.findLast((line) => line.startsWith('Tenantry-Edit: '))?.slice('Tenantry-Edit: '.length);
  const last = lines.findLastIndex((line) => line !== '' && !TRAILER.test(line));
  const body = lines.slice(0, last + 1).filter((line) => line !== '');
  return { subject: subject.slice(0, 500), body: body.slice(0, MOST), edit: edit ?? null };
}
