import { Composer, type Document, isScalar, type Node } from 'yaml';
import type { Finding } from './finding.ts';
import type { Position } from './problem.ts';
import { readQuickly } from './yaml-quick.ts';
import { decode, lineIndex } from './yaml-text.ts';
import { tokenize } from './yaml-tokens.ts';
import { checkTree, follow, type Place, pointerParts, toPointer } from './yaml-tree.ts';

/** One file, read. */
export interface YamlFile {
  /** Plain JSON; null when there are findings. */
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /**
   * Where the value at a JSON pointer stands: the value itself when it begins on its key's line, its key otherwise.
   * What is not there is found at the key of the nearest parent that is.
   */
  readonly locate: (pointer: string) => Position;
  /** Where the key of the value at a JSON pointer stands. */
  readonly locateKey: (pointer: string) => Position;
  /** How the scalar at a pointer is written, without quotes; null for anything else. */
  readonly source: (pointer: string) => string | null;
}

/** Findings of one file beyond this number are not told. */
const MAX_FINDINGS = 50;

/**
 * Reads one file as strict YAML 1.2 (core schema): one document, texts as keys and no key twice, no anchors, aliases,
 * merges, tags or directives; bounded in bytes, tokens and depth before anything recurses. Never throws for content.
 */
export function readYaml(bytes: Uint8Array): YamlFile {
  const decoded = decode(bytes);
  if ('finding' in decoded) return unread([decoded.finding]);
  const { text } = decoded;
  const quick = readQuickly(text);
  return quick === null ? readExactly(text) : { ...quick, findings: [], ...locator(text) };
}

/** The same for a text that has been decoded, by the one parser that says all that is wrong, and where. */
export function readExactly(text: string): YamlFile {
  const position = lineIndex(text);
  const { tokens, refused } = tokenize(text);
  if (tokens === null) {
    return unread(refused.map(({ code, offset, message }) => ({ code, message, ...position(offset) })));
  }
  const document = compose(tokens);
  if (document === null) return unread([{ code: 'yaml/empty', message: EMPTY, line: 1, column: 1 }]);
  const findings = [
    ...document.errors.map((error) => ({ ...explain(error.code, error.message), ...position(error.pos[0]) })),
    ...checkTree(document.contents).map(({ code, offset, message }) => ({
      code,
      message,
      ...position(offset),
    })),
  ];
  if (findings.length > 0) return unread(findings.slice(0, MAX_FINDINGS));
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return unread([{ code: 'yaml/empty', message: EMPTY, line: 1, column: 1 }]);
  }
  return { value: document.toJS(), findings: [], ...locator(text) };
}

const EMPTY = 'The file is empty; write a document, or remove the file.';

function compose(tokens: Parameters<Composer['compose']>[0]): Document.Parsed | null {
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    strict: true,
    merge: false,
    // Ours: the library compares every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document = null] = composer.compose(tokens, true);
  return document;
}

/**
 * Positions on demand. The tree is built again when somebody asks: valid documents, of which there are thousands, then
 * keep only their text.
 */
function locator(text: string): Pick<YamlFile, 'locate' | 'locateKey' | 'source'> {
  let known: { root: Node | null; position: (offset: number) => Position } | null = null;
  const tree = () => {
    known ??= { root: compose(tokenize(text).tokens ?? [])?.contents ?? null, position: lineIndex(text) };
    return known;
  };
  /** The place itself, or the nearest parent that exists. */
  const nearest = (pointer: string): Place & { readonly exact: boolean } => {
    const { root } = tree();
    const whole = pointerParts(pointer);
    for (let parts = whole; parts.length > 0; parts = parts.slice(0, -1)) {
      const place = follow(root, toPointer(parts));
      if (place !== null) return { ...place, exact: parts.length === whole.length };
    }
    return { key: null, value: root, exact: whole.length === 0 };
  };
  const at = (node: Node | null): Position | null => {
    const offset = node?.range?.[0];
    return offset === undefined ? null : tree().position(offset);
  };
  return {
    locate(pointer) {
      const place = nearest(pointer);
      const key = at(place.key);
      const value = at(place.value);
      const beginsAtKey = key !== null && (!place.exact || value === null || value.line !== key.line);
      return (beginsAtKey ? key : value) ?? START;
    },
    locateKey(pointer) {
      const place = nearest(pointer);
      return at(place.key) ?? at(place.value) ?? START;
    },
    source(pointer) {
      const node = follow(tree().root, pointer)?.value;
      return isScalar(node) ? (node.source ?? null) : null;
    },
  };
}

const START: Position = { line: 1, column: 1 };

function unread(findings: readonly Finding[]): YamlFile {
  return { value: null, findings, locate: () => START, locateKey: () => START, source: () => null };
}

/** The library's errors by code, in sentences that say what to do. */
const SENTENCES: Readonly<Record<string, string | undefined>> = {
  TAB_AS_INDENT: 'The line is indented with a tab, which YAML does not allow; use spaces.',
  BAD_INDENT: 'The indentation does not fit the lines around; align it with its neighbours, in spaces.',
  BAD_DQ_ESCAPE: 'The backslash begins no escape that YAML knows; write `\\\\`, or use single quotes.',
  BAD_SCALAR_START: 'A plain text cannot begin with this character; put the text in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'A colon follows where a value already stands; put a text with `: ` in it in quotes.',
  BLOCK_IN_FLOW: 'An indented block cannot stand inside `{}` or `[]`; write it all in one form.',
  MULTILINE_IMPLICIT_KEY:
    'A key must stand on one line with its colon; add the colon, or quote or indent the text.',
  KEY_OVER_1024_CHARS: 'A key has at most 1024 characters; shorten it.',
  MISSING_CHAR: 'A closing quote, bracket, comma or colon, or a space after one, is missing; add it.',
  UNEXPECTED_TOKEN: 'This does not fit here; look for a missing quote, comma or line break just before.',
  BAD_COLLECTION_TYPE: 'A list and a map are mixed here; give each its own key.',
  RESOURCE_EXHAUSTION: 'The file is too complex to read; split it.',
};

function explain(code: string, message: string): Pick<Finding, 'code' | 'message'> {
  const kebab = code.toLowerCase().replaceAll('_', '-');
  const [first = ''] = message.split('\n');
  return {
    code: `yaml/${kebab}`,
    message: SENTENCES[code] ?? `${first.replace(/\.$/, '')}; mend the YAML here.`,
  };
}
