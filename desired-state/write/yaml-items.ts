import type { YAMLMap, YAMLSeq } from 'yaml';
import { isMap, isSeq } from 'yaml';
import { EditError } from './edit-error.ts';
import type { Found, Json } from './yaml-node.ts';
import { afterColon, asNode, blockEnd, dashOf, keyOf, lineEnd, lineStart, rangeOf } from './yaml-node.ts';
import { isInline, renderFlow, renderItem, renderPair } from './yaml-render.ts';
import { eolOf, joined, replacements, splice } from './yaml-replace.ts';

/** A map or a list, and the offsets that its items have in the text. */
type Collection = YAMLMap | YAMLSeq;

/**
 * The text with a value added below the deepest place that exists: `found.rest` names what is missing. The nicest
 * way of writing it first; the caller takes the first that reads back as wanted.
 */
export function* insertions(text: string, found: Found, value: Json): Generator<string> {
  const { node, rest } = found;
  const [name = '', ...deeper] = rest;
  const here = { ...found, rest: [] };
  if (!isMap(node) && !isSeq(node)) {
    yield* replacements(text, here, nest(rest, value));
    return;
  }
  const item = nest(deeper, value);
  const inBraces = found.flow || node.flow === true;
  if (inBraces && node.items.length === 0) {
    if (!found.flow && !isInline(item)) yield* replacements(text, here, nest(rest, value));
    const open = rangeOf(node)[0] + 1;
    for (const written of inlineForms(node, name, item)) yield splice(text, open, open, written);
    return;
  }
  if (inBraces) {
    const end = itemEnd(node, node.items.length - 1);
    for (const written of inlineForms(node, name, item)) yield splice(text, end, end, `, ${written}`);
    return;
  }
  const first = itemStart(node, 0);
  const column = first - lineStart(text, first);
  const lines = isMap(node) ? renderPair(name, item, column) : renderItem(item, column);
  const at = blockEnd(text, node, first);
  yield splice(text, at, at, eolOf(text) + joined(lines, text));
  const [plain] = [...inlineForms(node, name, item)].slice(-1);
  const dash = isMap(node) ? '' : '- ';
  yield splice(text, at, at, `${eolOf(text)}${' '.repeat(column)}${dash}${plain}`);
}

/** The text without the item that `found` names, `parent` being the collection that holds it. */
export function* deletions(text: string, parent: Found, found: Found): Generator<string> {
  const node = parent.node;
  if ((!isMap(node) && !isSeq(node)) || found.slot.in === 'root') return;
  const { index } = found.slot;
  const last = node.items.length - 1;
  const start = itemStart(node, index);
  if (found.flow) {
    if (index < last) yield splice(text, start, itemStart(node, index + 1), '');
    else if (index > 0) yield splice(text, itemEnd(node, index - 1), itemEnd(node, index), '');
    else yield splice(text, start, itemEnd(node, index), '');
    return;
  }
  const end = isMap(node)
    ? blockEnd(text, found.node, afterColonOf(node, index))
    : blockEnd(text, found.node, start + 1);
  if (last === 0) {
    yield* emptied(text, parent, start, end);
    return;
  }
  if (text.slice(lineStart(text, start), start).trim() === '') {
    yield withoutLines(text, start, end);
    // Behind a text that keeps its blank lines (`|+`), those that followed the item would become part of it.
    const blank = /^(\r?\n[ \t]*)+(?=\r?\n|$)/.exec(text.slice(lineEnd(text, end)))?.[0].length ?? 0;
    yield withoutLines(splice(text, lineEnd(text, end), lineEnd(text, end) + blank, ''), start, end);
  }
  // The first key behind a dash: the next one takes its place, unless a comment stands between them.
  else if (index < last) {
    const next = itemStart(node, index + 1);
    yield text.slice(end, next).trim() === '' ? splice(text, start, next, '') : splice(text, start, end, '');
  }
}

/** A collection that loses its only item is written empty where it stood; comments around the item stay. */
function* emptied(text: string, parent: Found, start: number, end: number): Generator<string> {
  const empty = isMap(parent.node) ? '{}' : '[]';
  const ownLine = text.slice(lineStart(text, start), start).trim() === '';
  if (parent.slot.in === 'map' && ownLine) {
    const colon = afterColon(parent.slot.pair);
    yield splice(withoutLines(text, start, end), colon, colon, ` ${empty}`);
  }
  yield splice(text, start, end, empty);
}

function withoutLines(text: string, start: number, end: number): string {
  const eol = eolOf(text);
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  if (to < text.length) return splice(text, from, to + eol.length, '');
  return splice(text, Math.max(0, from - eol.length), to, '');
}

/** An item for the inside of braces or brackets: in plain style, then as JSON. */
function* inlineForms(node: Collection, name: string, item: Json): Generator<string> {
  const key = isMap(node) ? `${renderFlow(name)}: ` : '';
  yield key + renderFlow(item);
  yield (isMap(node) ? `${JSON.stringify(name)}: ` : '') + JSON.stringify(item);
}

function itemStart(node: Collection, index: number): number {
  if (isMap(node)) return rangeOf(keyOf(node.items[index]))[0];
  const item = asNode(node.items[index]);
  return node.flow === true ? flowItem(item)[0] : dashOf(node, index);
}

/** End of an item inside braces or brackets. */
function itemEnd(node: Collection, index: number): number {
  const value = isMap(node) ? asNode(node.items[index]?.value) : asNode(node.items[index]);
  if (isMap(node)) return value === null ? afterColonOf(node, index) : rangeOf(value)[1];
  return flowItem(value)[1];
}

function afterColonOf(node: YAMLMap, index: number): number {
  const pair = node.items[index];
  return pair === undefined ? 0 : afterColon(pair);
}

function flowItem(item: ReturnType<typeof asNode>): readonly [number, number, number] {
  if (item !== null) return rangeOf(item);
  throw new EditError('edit/not-possible', 'A pair inside a list in brackets cannot be edited.');
}

function nest(path: readonly string[], value: Json): Json {
  return path.reduceRight<Json>((inner, name) => (name === '-' ? [inner] : { [name]: inner }), value);
}
