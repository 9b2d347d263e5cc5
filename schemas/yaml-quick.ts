import {
  COLLECTION_STYLE,
  EVENT_ALIAS,
  EVENT_DOCUMENT,
  EVENT_MAPPING,
  EVENT_POP,
  EVENT_SCALAR,
  EVENT_SEQUENCE,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
} from 'js-yaml';
import { mayExceedTokens } from './yaml-tokens.ts';

/** Deepest nesting that is read here; what people write is half as deep. */
const MAX_DEPTH = 24;
/** Longest key that is read here; YAML itself draws the line at 1,024 characters. */
const MAX_KEY = 1_000;

/**
 * What most files do without, and where parsers differ or take their time: tabs, carriage returns, byte order marks,
 * marks between documents, comments without a space after their mark, and whatever could be an anchor, a tag, an explicit
 * key or an explicit indentation.
 */
const UNUSUAL = /[\t\r\uFEFF]|^(?: *#\S|---|\.\.\.|%)|(?:^|[\s,[{:?-])(?:&\S|!|\?(?:\s|$)|[|>][-+]?[0-9])/m;

/**
 * The value of a text that keeps to the plain part of YAML, some ten times quicker than the exact reader; null when
 * there is anything unusual in it or anything wrong with it. Which of the two, the exact reader has to tell: whatever is
 * answered here is what that one would answer, and without findings.
 */
export function readQuickly(text: string): { readonly value: unknown } | null {
  if (UNUSUAL.test(text) || mayExceedTokens(text)) return null;
  const events = eventsOf(text);
  if (events === null) return null;
  const [document] = events;
  if (document?.type !== EVENT_DOCUMENT || document.explicitStart || document.explicitEnd) return null;
  const reader = new Reader(text, events);
  const value = reader.value();
  return value === UNSURE || value === null || !reader.done ? null : { value };
}

/** Null when the text is not YAML; the exact reader says why. */
function eventsOf(text: string): readonly Event[] | null {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (error instanceof Error && error.name === 'YAMLException') return null;
    throw error;
  }
}

/** Stands for whatever has to be read exactly. */
const UNSURE = Symbol('unsure');

/** Builds the value of one document from its events. */
class Reader {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 1;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  /** Whether only the end of the document is left. */
  get done(): boolean {
    return this.#next === this.#events.length - 1;
  }

  value(): unknown {
    const event = this.#events[this.#next];
    this.#next += 1;
    switch (event?.type) {
      case EVENT_SCALAR:
        return scalar(this.#text, event);
      case EVENT_SEQUENCE:
        return this.#sequence();
      case EVENT_MAPPING:
        return this.#mapping(event.style === COLLECTION_STYLE.BLOCK);
      case EVENT_ALIAS:
      case EVENT_DOCUMENT:
      case EVENT_POP:
      case undefined:
        return UNSURE;
    }
  }

  #sequence(): unknown {
    const items: unknown[] = [];
    while (this.#events[this.#next]?.type !== EVENT_POP) {
      const item = this.value();
      if (item === UNSURE) return UNSURE;
      items.push(item);
    }
    this.#next += 1;
    return items;
  }

  /** @param block whether it is written with one key a line, without braces. */
  #mapping(block: boolean): unknown {
    const fields: Record<string, unknown> = {};
    let first = true;
    while (this.#events[this.#next]?.type !== EVENT_POP) {
      if (block && !first && !this.#beginsLine()) return UNSURE;
      first = false;
      const key = this.value();
      if (typeof key !== 'string' || key.length > MAX_KEY || key === '__proto__' || key === '<<')
        return UNSURE;
      if (Object.hasOwn(fields, key)) return UNSURE;
      const value = this.value();
      if (value === UNSURE) return UNSURE;
      fields[key] = value;
    }
    this.#next += 1;
    return fields;
  }

  /**
   * Whether only spaces are before the next scalar on its line. The parser lets a key of the map around follow what ends
   * a list that is not indented, on one line (`- [a] b: 2`).
   */
  #beginsLine(): boolean {
    const event = this.#events[this.#next];
    if (event?.type !== EVENT_SCALAR) return false;
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    let before = event.valueStart - (quoted ? 2 : 1);
    while (this.#text[before] === ' ') before -= 1;
    return before < 0 || this.#text[before] === '\n';
  }
}

function scalar(text: string, event: ScalarEvent): unknown {
  const { style, valueStart, valueEnd } = event;
  if (style === SCALAR_STYLE.PLAIN) {
    if (valueStart === -1) return null;
    return event.fast ? plain(text.slice(valueStart, valueEnd)) : UNSURE;
  }
  const value = getScalarValue(text, event);
  if (style === SCALAR_STYLE.LITERAL_BLOCK || style === SCALAR_STYLE.FOLDED_BLOCK || event.fast) return value;
  // A quoted text with escapes or over several lines: escapes can make what no text may hold.
  if (text.slice(valueStart, valueEnd).includes('\n')) return UNSURE;
  return value.includes('\0') || !value.isWellFormed() ? UNSURE : value;
}

const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...['~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/** Numbers that all programs read alike. */
const NUMBER = /^(?:0|-?[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?$/;
/** Whatever else could be a number to somebody. */
const LIKE_NUMBER = /^(?:[-+]?\.?[0-9][-+.0-9a-fox_]*|[-+]?\.(?:inf|nan))$/i;

/** The value of an unquoted text on one line. */
function plain(source: string): unknown {
  const word = WORDS.get(source);
  if (word !== undefined) return word;
  if (NUMBER.test(source)) return Number(source);
  return LIKE_NUMBER.test(source) ? UNSURE : source;
}
