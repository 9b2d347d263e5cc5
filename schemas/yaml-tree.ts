import { isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import { short } from './short.ts';

/** Something wrong at an offset of the text. */
export interface TreeProblem {
  readonly code: string;
  readonly offset: number;
  readonly message: string;
}

/** A value that a key or an index names, and where its key begins. */
export interface Place {
  readonly key: Node | null;
  readonly value: Node | null;
}

/**
 * Checks what the parser lets pass and the language does not: keys given twice, keys that are no texts, `__proto__`,
 * merge keys, numbers that lose digits. The tokens of the text have been
 * checked for depth before, so recursion is safe.
 */
export function checkTree(root: Node | null): TreeProblem[] {
  const problems: TreeProblem[] = [];
  visit(root, problems);
  return problems;
}

function visit(node: Node | null, problems: TreeProblem[]): void {
  if (isScalar(node)) checkScalar(node, problems);
  else if (isSeq<Node | null>(node)) for (const item of node.items) visit(item, problems);
  else if (isMap<Node | null, Node | null>(node)) {
    const seen = new Set<string>();
    for (const pair of node.items) {
      checkKey(pair, seen, problems);
      visit(pair.value, problems);
    }
  }
}

function checkKey(pair: Pair<Node | null, Node | null>, seen: Set<string>, problems: TreeProblem[]): void {
  const { key } = pair;
  const offset = offsetOf(key) ?? offsetOf(pair.value) ?? 0;
  if (!isScalar(key)) {
    problems.push({
      code: 'yaml/key-not-text',
      offset,
      message: 'A key must be a text, not a list or a map.',
    });
    return;
  }
  if (typeof key.value !== 'string') {
    const source = key.source ?? '';
    const message =
      source === ''
        ? 'A key is missing before the colon; write one, or quote the colon if it is part of a text.'
        : `The key \`${short(source)}\` is not read as a text; put it in quotes: "${short(source)}".`;
    problems.push({ code: 'yaml/key-not-text', offset, message });
    return;
  }
  const name = key.value;
  checkScalar(key, problems);
  if (name === '__proto__') {
    problems.push({
      code: 'yaml/reserved-key',
      offset,
      message: 'The key `__proto__` is refused; name it otherwise.',
    });
  }
  if (name === '<<') {
    const message = 'Merge keys (`<<`) are not part of the language; write the fields out.';
    problems.push({ code: 'yaml/merge', offset, message });
  }
  if (seen.has(name)) {
    const message = `The key \`${short(name)}\` is there twice in this map; keep one.`;
    problems.push({ code: 'yaml/duplicate-key', offset, message });
  }
  seen.add(name);
}

function checkScalar(scalar: Scalar, problems: TreeProblem[]): void {
  const { value, source = '' } = scalar;
  const offset = offsetOf(scalar) ?? 0;
  // The value is not shown: the file may hold secrets.
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) {
      const message =
        'The text holds an escaped NUL or half a character, which no program can take; remove it.';
      problems.push({ code: 'yaml/unusable-text', offset, message });
    }
  } else if (typeof value === 'bigint' || typeof value === 'number') {
    const unsafe = Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value);
    if (unsafe) {
      const message = 'This number cannot be kept exactly; put it in quotes if it is a text.';
      problems.push({ code: 'yaml/unsafe-number', offset, message });
    } else if (/^[-+]?0[0-9_]/.test(source)) {
      const message =
        'A number that begins with a zero is read differently by different programs; put it in quotes if it is a text, or leave out the zero.';
      problems.push({ code: 'yaml/ambiguous-number', offset, message });
    }
  }
}

function offsetOf(node: Node | null): number | null {
  return node?.range?.[0] ?? null;
}

/** Follows a JSON pointer from the root; null when there is nothing at it. */
export function follow(root: Node | null, pointer: string): Place | null {
  let place: Place = { key: null, value: root };
  for (const part of pointerParts(pointer)) {
    const next = child(place.value, part);
    if (next === null) return null;
    place = next;
  }
  return place;
}

function child(node: Node | null, part: string): Place | null {
  if (isMap<Node | null, Node | null>(node)) {
    // The last of two equal keys: the one that wins, were they allowed.
    const pair = node.items.findLast(({ key }) => isScalar(key) && key.value === part);
    return pair === undefined ? null : { key: pair.key, value: pair.value };
  }
  if (isSeq<Node | null>(node) && /^(?:0|[1-9][0-9]*)$/.test(part)) {
    const item = node.items[Number(part)];
    return item === undefined ? null : { key: null, value: item };
  }
  return null;
}

/** The parts of a JSON pointer (RFC 6901), unescaped. */
export function pointerParts(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A JSON pointer from parts. */
export function toPointer(parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
