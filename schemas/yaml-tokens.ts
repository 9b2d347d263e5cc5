import { CST, Lexer, Parser } from 'yaml';

/** Deepest nesting of a file. Composing and validating recurse; nothing that people write comes near. */
const MAX_DEPTH = 64;
/**
 * Most lexical tokens of a file, about 1,700 lines (a block of text counts once). Reading so many takes about 0.1 s
 * even when each is a mistake.
 */
const MAX_TOKENS = 12_000;
/** After so many refused tokens the rest is not looked at. */
const MAX_REFUSED = 20;

/** A place in the text where something stands that the language refuses. */
export interface Refused {
  readonly code: string;
  readonly offset: number;
  readonly message: string;
}

const REFUSED_TYPES: Readonly<
  Record<string, { readonly code: string; readonly message: string } | undefined>
> = {
  anchor: {
    code: 'yaml/anchor',
    message: 'Anchors (`&name`) are not part of the language; write the value out where it is needed.',
  },
  alias: {
    code: 'yaml/alias',
    message:
      'Aliases (`*name`) are not part of the language; write the value out. Quote a text that begins with `*`.',
  },
  tag: {
    code: 'yaml/tag',
    message:
      'Tags (`!name`) are not part of the language; remove it, and put a value in quotes to make it a text.',
  },
  'explicit-key-ind': {
    code: 'yaml/explicit-key',
    message:
      'Keys marked with `?` are not part of the language; write `key: value`, and quote a text that begins with `? `.',
  },
  'directive-line': {
    code: 'yaml/directive',
    message: 'Directives (`%YAML`, `%TAG`) are not part of the language; remove the line.',
  },
};

const AFTER_BARE_COMMENT = {
  code: 'yaml/after-comment',
  message:
    'Programs differ in where this text ends, because the comment before it is indented less; put a space after the `#` of the comment, or the text in quotes.',
};

/**
 * Watches for comments without a space after their mark. The lexer takes the indentation of such a comment for that of
 * what follows: a plain text that is indented more then swallows the lines behind it (`- a` as well), without an error.
 */
class BareComments {
  readonly #text: string;
  /** Column of the leftmost one since the last token that is not blank. */
  #column = Number.POSITIVE_INFINITY;

  constructor(text: string) {
    this.#text = text;
  }

  /**
   * Takes the next lexeme, which begins at `offset`.
   * @param type null for the content of a scalar
   * @returns why it is refused, if it is
   */
  next(type: CST.TokenType | null, lexeme: string, offset: number): typeof AFTER_BARE_COMMENT | null {
    if (type === 'comment') {
      if (/^#\S/.test(lexeme)) this.#column = Math.min(this.#column, this.#columnOf(offset));
      return null;
    }
    // A scalar mark says that content follows; it is nothing by itself.
    if (type === 'space' || type === 'newline' || type === 'scalar') return null;
    const comment = this.#column;
    this.#column = Number.POSITIVE_INFINITY;
    const swallows = type === null && lexeme.includes('\n') && comment < this.#columnOf(offset);
    return swallows ? AFTER_BARE_COMMENT : null;
  }

  #columnOf(offset: number): number {
    return offset - this.#text.lastIndexOf('\n', offset - 1);
  }
}

/** Where tokens can begin or end; at each of these, there are two at most. */
const BOUNDARY = /[\s,[\]{}:?#&*!|>'"%@`-]/g;

/** Whether there could be more tokens than `tokenize` lets pass; sound, and quick. */
export function mayExceedTokens(text: string): boolean {
  if (2 * text.length + 8 <= MAX_TOKENS) return false;
  let boundaries = 0;
  for (const _ of text.matchAll(BOUNDARY)) boundaries += 1;
  return 2 * boundaries + 8 > MAX_TOKENS;
}

/**
 * Cuts a text into YAML's concrete tokens, and stops at the first sign of a file that is made to cost: too many tokens,
 * too deep a nesting, twenty refused tokens. `tokens` is null when the text must not be composed.
 */
export function tokenize(text: string): { readonly tokens: CST.Token[] | null; readonly refused: Refused[] } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const refused: Refused[] = [];
  let count = 0;
  let content = false;
  const comments = new BareComments(text);
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_TOKENS) {
      const message = `The file holds more than ${MAX_TOKENS} values and marks; split it into smaller documents.`;
      return { tokens: null, refused: [{ code: 'yaml/too-complex', offset: parser.offset, message }] };
    }
    // The lexeme after a scalar mark is content, whatever it looks like.
    const type: CST.TokenType | null = content ? null : CST.tokenType(lexeme);
    content = type === 'scalar';
    const rule = type === null ? undefined : REFUSED_TYPES[type];
    if (rule !== undefined) refused.push({ ...rule, offset: parser.offset });
    const bare = comments.next(type, lexeme, parser.offset);
    if (bare !== null) refused.push({ ...bare, offset: parser.offset });
    if (refused.length >= MAX_REFUSED) return { tokens: null, refused };
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH + 2) {
      const message = `The file nests deeper than ${MAX_DEPTH} levels; flatten it.`;
      return { tokens: null, refused: [{ code: 'yaml/too-deep', offset: parser.offset, message }] };
    }
  }
  tokens.push(...parser.end());
  const second = tokens.filter((token) => token.type === 'document')[1];
  if (second !== undefined) {
    const message =
      'A second document begins here (`---`); a file holds one, so move it into a file of its own.';
    refused.push({ code: 'yaml/several-documents', offset: second.offset, message });
  }
  return { tokens: refused.length === 0 ? tokens : null, refused };
}
