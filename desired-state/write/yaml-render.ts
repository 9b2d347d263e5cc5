import { stringify } from 'yaml';
import type { Json } from './yaml-node.ts';

/** How a scalar was quoted where it stood. */
export type Quoting = 'plain' | 'single' | 'double';

// `compat` quotes what readers of YAML 1.1 would take for something else (`yes`, `0777`, dates).
const style = {
  lineWidth: 0,
  compat: 'yaml-1.1',
  blockQuote: 'literal',
  flowCollectionPadding: false,
} as const;

/** Whether a value is written in one line in block style: a scalar without line breaks, or an empty collection. */
export function isInline(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

/** A value on one line, fit for the inside of braces and brackets and for the place behind a colon. */
export function renderFlow(value: Json, quoting: Quoting = 'plain'): string {
  if (typeof value === 'string' && quoting === 'single' && /^[\x20-\x7e\u00a0-\ud7ff]*$/.test(value)) {
    return `'${value.replaceAll("'", "''")}'`;
  }
  if (typeof value === 'string' && quoting !== 'plain') return JSON.stringify(value);
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value);
  const list = stringify([value], { ...style, collectionStyle: 'flow' }).trimEnd();
  const line = list.slice(1, -1).trim();
  // Long flow collections are broken over lines by the printer: JSON is YAML too, and keeps to one.
  return list.includes('\n') ? JSON.stringify(value) : line;
}

/** Lines of `key: value` in block style, the first at `column`, each next with the indentation it needs. */
export function renderPair(key: string, value: Json, column: number): string[] {
  return indented(stringify({ [key]: value }, style), column);
}

/** Lines of `- value` in block style, with the dash at `column`. */
export function renderItem(value: Json, column: number): string[] {
  return indented(stringify([value], style), column);
}

function indented(text: string, column: number): string[] {
  // Only the line break that ends the document goes: blank lines at the end may be a text's own.
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line));
}
