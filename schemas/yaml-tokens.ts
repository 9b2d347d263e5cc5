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
