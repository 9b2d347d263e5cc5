import type { Node, Pair } from 'yaml';
import { isScalar } from 'yaml';
import type { Found, Json } from './yaml-node.ts';
import { afterColon, blockEnd, dashOf, isBlock, keyOf, lineEnd, lineStart, rangeOf } from './yaml-node.ts';
import type { Quoting } from './yaml-render.ts';
import { isInline, renderFlow, renderItem, renderPair } from './yaml-render.ts';

/** Half-open range of characters. */
type Span = readonly [start: number, end: number];

/**
 * The text with the value at a slot replaced, the nicest way of writing it first. The caller takes the first that
 * reads back as wanted; the last, JSON on one line, is valid wherever a value may stand.
 */
export function* replacements(text: string, found: Found, value: Json): Generator<string> {
  const { slot, node, flow } = found;
  if (slot.in === 'root') {
    yield* wholeDocument(text, node, value);
    return;
  }
  if (flow) {
    if (slot.in === 'map') yield* inPlace(text, inlineSpan(slot.pair, node), value, node);
    else if (node !== null) yield* inPlace(text, rangeOf(node), value, node);
    return;
  }
  const inline = isInline(value) && !isBlock(node);
  if (slot.in === 'seq') {
    const dash = dashOf(slot.seq, slot.index);
    if (inline && node !== null) yield* inPlace(text, rangeOf(node), value, node);
    const column = dash - lineStart(text, dash);
    const lines = renderItem(value, column);
    const end = blockEnd(text, node, dash + 1);
    yield splice(text, dash, end, joined(lines, text).slice(column));
    yield splice(text, dash, end, `- ${JSON.stringify(value)}`);
    return;
  }
  if (inline) yield* inPlace(text, inlineSpan(slot.pair, node), value, node);
  yield blockValue(text, slot.pair, node, value);
  const colon = afterColon(slot.pair);
  if (!isBlock(node)) yield* inPlace(text, inlineSpan(slot.pair, node), value, node);
  else yield splice(text, colon, oldEnd(text, slot.pair, node), ` ${JSON.stringify(value)}`);
}

function* inPlace(text: string, span: readonly number[], value: Json, old: Node | null): Generator<string> {
  const [start = 0, end = start] = span;
  // Directly behind a colon or a bare key (`{a}`), the value needs what separates it from the key.
  const gap = old === null || start === end ? (text[start - 1] === ':' ? ' ' : ': ') : '';
  yield splice(text, start, end, gap + renderFlow(value, quotingOf(old)));
  yield splice(text, start, end, gap + JSON.stringify(value));
}

function* wholeDocument(text: string, node: Node | null, value: Json): Generator<string> {
  // A list item in block style, without its dash, is a document.
  const lines = renderItem(value, 0).map((line) => line.slice(2));
  if (node === null || rangeOf(node)[0] === rangeOf(node)[1]) {
    // An empty document may hold comments alone: the value goes below them.
    const gap = text === '' || text.endsWith('\n') ? '' : eolOf(text);
    yield text + gap + joined(lines, text) + eolOf(text);
    return;
  }
  const [start] = rangeOf(node);
  yield splice(text, start, blockEnd(text, node, start), joined(lines, text));
}

/**
 * Writes the value behind the pair's colon, over several lines when it needs them. A comment at the end of the
 * key's line stays there: what stands on that line and what stands below it are replaced apart.
 */
function blockValue(text: string, pair: Pair, node: Node | null, value: Json): string {
  const colon = afterColon(pair);
  const old = oldSpans(text, pair, node);
  const [key] = rangeOf(keyOf(pair));
  const [first = '', ...below] = renderPair('k', value, key - lineStart(text, key));
  const head = first.trimStart().slice('k:'.length);
  const start = text.slice(colon, old.head[0]).trim() === '' ? colon : old.head[0];
  const body = below.map((line) => eolOf(text) + line).join('');
  return text.slice(0, start) + head + text.slice(old.head[1], old.body[0]) + body + text.slice(old.body[1]);
}

function oldSpans(text: string, pair: Pair, node: Node | null): { readonly head: Span; readonly body: Span } {
  const colon = afterColon(pair);
  const end = oldEnd(text, pair, node);
  if (node === null || !isBlock(node)) {
    const head = inlineSpan(pair, node);
    const below = lineEnd(text, head[1]);
    return { head, body: [below, below] };
  }
  const headLine = lineEnd(text, isScalar(node) ? rangeOf(node)[0] : colon);
  if (!isScalar(node)) return { head: [colon, colon], body: [headLine, end] };
  const [start] = rangeOf(node);
  const header = /^[|>][-+0-9]*/.exec(text.slice(start))?.[0] ?? '';
  return { head: [start, start + header.length], body: [headLine, Math.max(headLine, end)] };
}

function oldEnd(text: string, pair: Pair, node: Node | null): number {
  return isBlock(node) ? blockEnd(text, node, afterColon(pair)) : inlineSpan(pair, node)[1];
}

/** Where a one-line value stands; an empty range right behind the colon when nothing is written. */
function inlineSpan(pair: Pair, node: Node | null): Span {
  if (node === null || rangeOf(node)[0] === rangeOf(node)[1]) return [afterColon(pair), afterColon(pair)];
  return [rangeOf(node)[0], rangeOf(node)[1]];
}

function quotingOf(node: Node | null): Quoting {
  if (isScalar(node) && node.type === 'QUOTE_SINGLE') return 'single';
  return isScalar(node) && node.type === 'QUOTE_DOUBLE' ? 'double' : 'plain';
}

/** The text with one range of characters replaced. */
export function splice(text: string, start: number, end: number, insert: string): string {
  return text.slice(0, start) + insert + text.slice(end);
}

/** Lines joined with the line break that the text uses. */
export function joined(lines: readonly string[], text: string): string {
  return lines.join(eolOf(text));
}

/** The line break of a text: the one its first line ends with. */
export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
