import type { Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isMap, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { EditError } from './edit-error.ts';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where a value stands, or would stand, in its document. */
type Slot =
  | { readonly in: 'map'; readonly map: YAMLMap; readonly index: number; readonly pair: Pair }
  | { readonly in: 'seq'; readonly seq: YAMLSeq; readonly index: number }
  | { readonly in: 'root' };

/** The deepest slot that a pointer reaches, its node, and the segments for which there is nothing yet. */
export interface Found {
  readonly slot: Slot;
  readonly node: Node | null;
  /** True when the slot, or a collection around it, is written in braces or brackets. */
  readonly flow: boolean;
  readonly rest: readonly string[];
}

export interface ReadDocument {
  readonly contents: Node | null;
  /** The plain value, as JSON would hold it. */
  readonly value: unknown;
}

/**
 * Parses one YAML document with the tokens that an edit by range needs.
 * @throws EditError `edit/unreadable` with line and column when it is not valid YAML, or uses anchors
 */
export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { keepSourceTokens: true, lineCounter: lines, uniqueKeys: true });
  const error = document.errors[0];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new EditError('edit/unreadable', `line ${line}, column ${col}: ${error.message.split('\n')[0]}`);
  }
  return { contents: document.contents, value: plainValue(() => document.toJS({ maxAliasCount: 0 })) };
}

function plainValue(toJs: () => unknown): unknown {
  try {
    return toJs();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new EditError('edit/unreadable', `Aliases cannot be edited: ${error.message}`, { cause: error });
  }
}

/** Follows a pointer as far as the document goes. */
export function find(contents: Node | null, path: readonly string[]): Found {
  let found: Found = { slot: { in: 'root' }, node: contents, flow: false, rest: path };
  while (found.rest.length > 0) {
    const next = child(found);
    if (next === null) return found;
    found = next;
  }
  return found;
}

function child({ node, flow, rest }: Found): Found | null {
  const [name = '', ...others] = rest;
  if (isMap(node)) {
    const index = node.items.findIndex((pair) => isScalar(pair.key) && String(pair.key.value) === name);
    const pair = node.items[index];
    if (pair === undefined) return null;
    const value = asNode(pair.value);
    return {
      slot: { in: 'map', map: node, index, pair },
      node: value,
      flow: flow || node.flow === true,
      rest: others,
    };
  }
  if (isSeq(node) && /^(0|[1-9]\d*)$/.test(name) && Number(name) < node.items.length) {
    const index = Number(name);
    const value = asNode(node.items[index]);
    return {
      slot: { in: 'seq', seq: node, index },
      node: value,
      flow: flow || node.flow === true,
      rest: others,
    };
  }
  return null;
}

/** The node of a parsed item; null when nothing is written there. */
export function asNode(item: unknown): Node | null {
  return isMap(item) || isSeq(item) || isScalar(item) ? item : null;
}

/** Start, end of the value and end of the node, in characters. @throws EditError `edit/not-possible` for a made-up node */
export function rangeOf(node: Node): readonly [number, number, number] {
  if (node.range) return [node.range[0], node.range[1], node.range[2]];
  throw new EditError('edit/not-possible', 'A part of the document has no place in the text.');
}

/** The scalar that is a pair's key. @throws EditError `edit/not-possible` for a collection as a key */
export function keyOf(item: unknown): Scalar {
  if (isPair(item) && isScalar(item.key)) return item.key;
  throw new EditError('edit/not-possible', 'A key that is itself a collection cannot be edited.');
}

/** Offset right after the colon of a pair, or after its key where it has none (`{a, b}`). */
export function afterColon(pair: Pair): number {
  const colon = pair.srcToken?.sep?.find((token) => token.type === 'map-value-ind');
  return colon === undefined ? rangeOf(keyOf(pair))[1] : colon.offset + colon.source.length;
}

/** Offset of the dash of an item of a block sequence. @throws EditError `edit/not-possible` when it has none */
export function dashOf(seq: YAMLSeq, index: number): number {
  const token = seq.srcToken;
  const dash =
    token?.type === 'block-seq'
      ? token.items[index]?.start.find((part) => part.type === 'seq-item-ind')
      : undefined;
  if (dash === undefined) throw new EditError('edit/not-possible', 'The list is not written with dashes.');
  return dash.offset;
}

/** Whether a node is written over lines by indentation: a block map, block list or block scalar. */
export function isBlock(node: Node | null): boolean {
  if (isMap(node) || isSeq(node)) return node.flow !== true;
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
}

/** End of the line that holds `offset`, without its line break. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline === -1) return text.length;
  return newline > offset && text[newline - 1] === '\r' ? newline - 1 : newline;
}

/** Start of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/**
 * End of the last line that belongs to a block node, a comment behind its last value included, without the line
 * break and without blank lines or comment lines that follow it.
 */
export function blockEnd(text: string, node: Node | null, fallback: number): number {
  if (node === null) return lineEnd(text, fallback);
  const [start, end] = rangeOf(node);
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? lineEnd(text, start) : blockEnd(text, asNode(last.value), afterColon(last));
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.length - 1;
    return blockEnd(text, asNode(node.items[last]), last < 0 ? start : dashOf(node, last) + 1);
  }
  if (!isBlock(node)) return lineEnd(text, end);
  const body = text.slice(start, end);
  const keeps = /^[|>][0-9]?\+/.test(body);
  return start + body.replace(keeps ? /\r?\n$/ : /(\r?\n)+$/, '').length;
}
