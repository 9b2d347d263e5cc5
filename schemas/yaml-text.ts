import type { Finding } from './finding.ts';

/** Most bytes of one file. A longer one is no configuration any more. */
export const MAX_FILE_BYTES = 256 * 1024;

/** What YAML 1.2 lets a file hold (c-printable), without the lone carriage return, which editors show differently. */
// biome-ignore lint: the control characters are the point
const FORBIDDEN = /\r(?!\n)|[^\t\n\r\x20-\x7E\x85\xA0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The text of a file, or why it is none. */
export function decode(bytes: Uint8Array): { readonly text: string } | { readonly finding: Finding } {
  if (bytes.byteLength > MAX_FILE_BYTES) {
    const message = `The file has ${bytes.byteLength} bytes, and at most ${MAX_FILE_BYTES} are read; split it or keep large content elsewhere.`;
    return { finding: { code: 'yaml/too-large', line: 1, column: 1, message } };
  }
  const text = new TextDecoder('utf-8').decode(bytes);
  const broken = isUtf8(bytes) ? null : text.indexOf('\uFFFD');
  if (broken !== null) {
    const message = 'The file is not UTF-8 here; save it with the encoding UTF-8.';
    return { finding: { code: 'yaml/not-utf8', ...positionAt(text, Math.max(0, broken)), message } };
  }
  const control = FORBIDDEN.exec(text);
  if (control !== null) {
    const point = (text.codePointAt(control.index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message =
      point === '000D'
        ? 'A line ends with a carriage return alone; save the file with line ends LF or CRLF.'
        : `The file holds the control character U+${point}; remove it.`;
    return { finding: { code: 'yaml/control-character', ...positionAt(text, control.index), message } };
  }
  return { text };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  return lineIndex(text)(offset);
}

/** A function from an offset in the text to line and column (UTF-16 code units), both from 1. */
export function lineIndex(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
