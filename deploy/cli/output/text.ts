import { stripVTControlCharacters } from 'node:util';

/** Columns that text takes on a terminal, colour codes not counted. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Pads with spaces on the right, colour codes not counted. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleLength(text)));
}

/**
 * Text from elsewhere (Git, Docker, files), fit for a terminal: control characters and those that turn the direction
 * of writing are shown as escapes, so that a value cannot repaint the screen.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * Breaks plain text into lines of at most `width` columns, at spaces where there are some.
 *
 * @param first put before the first line
 * @param rest put before the others
 */
export function wrap(text: string, width: number, first = '', rest = first): string[] {
  const lines: string[] = [];
  let left = text;
  while (true) {
    const lead = lines.length === 0 ? first : rest;
    const room = Math.max(8, width - lead.length);
    if (left.length <= room) return [...lines, lead + left];
    const space = left.lastIndexOf(' ', room);
    const end = space > 0 ? space : room;
    lines.push(lead + left.slice(0, end).trimEnd());
    left = left.slice(end).trimStart();
  }
}

/** `1 tenant`, `3 tenants`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The first digits of an object id, as people quote it. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
