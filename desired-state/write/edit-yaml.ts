import { pointerParts } from '../../schemas/yaml-tree.ts';
import { EditError } from './edit-error.ts';
import { sameJson, valueAt, withoutValue, withValue } from './json-value.ts';
import { deletions, insertions } from './yaml-items.ts';
import type { Json } from './yaml-node.ts';
import { find, readDocument } from './yaml-node.ts';
import { replacements } from './yaml-replace.ts';

/**
 * Replaces one scalar, and nothing else of the text: quoting, comments and spacing stay. A scalar that is not there
 * yet is inserted as `setValue` does.
 * @param pointer JSON pointer of the value: `/spec/runtime/state`
 * @throws EditError `edit/refused` when a map or list stands there; else as `setValue`
 */
export function setScalar(text: string, pointer: string, value: string | number | boolean | null): string {
  const old = valueAt(readDocument(text).value, pathOf(pointer));
  if (typeof old === 'object' && old !== null) {
    throw new EditError('edit/refused', `${pointer} holds a map or a list; name one value inside it.`);
  }
  return setValue(text, pointer, value);
}

/**
 * Sets any value. Where it exists, only its own characters change; where it does not, lines are inserted after its
 * last sibling, with the siblings' indentation (inside braces when the siblings stand in braces). Missing maps on
 * the way are made; the segment `-` appends to a list. The result is read back and compared before it is returned.
 * @throws EditError `edit/unreadable`, `edit/not-possible`
 */
export function setValue(text: string, pointer: string, value: Json): string {
  const path = pathOf(pointer);
  if (path.length === 0)
    throw new EditError('edit/refused', 'The whole document cannot be set; name a value in it.');
  const { contents, value: before } = readDocument(text);
  const wanted = withValue(before, path, value);
  if (sameJson(before, wanted)) return text;
  const found = find(contents, path);
  const candidates =
    found.rest.length === 0 ? replacements(text, found, value) : insertions(text, found, value);
  return firstThatReads(candidates, wanted, pointer);
}

/**
 * Appends to the list at `pointer`, which is made when it is not there.
 * @throws EditError as `setValue`
 */
export function insertItem(text: string, pointer: string, value: Json): string {
  return setValue(text, `${pointer}/-`, value);
}

/**
 * Removes a key of a map or an item of a list with the lines it stands on; comment lines around it stay. What
 * becomes empty is written `{}` or `[]`. A value that is not there is fine.
 * @throws EditError `edit/unreadable`, `edit/not-possible`
 */
export function deleteValue(text: string, pointer: string): string {
  const path = pathOf(pointer);
  if (path.length === 0)
    throw new EditError('edit/refused', 'The whole document cannot be removed; remove its file.');
  const { contents, value: before } = readDocument(text);
  const found = find(contents, path);
  if (found.rest.length > 0) return text;
  const parent = find(contents, path.slice(0, -1));
  return firstThatReads(deletions(text, parent, found), withoutValue(before, path), pointer);
}

function pathOf(pointer: string): string[] {
  if (pointer === '' || pointer.startsWith('/')) return pointerParts(pointer);
  throw new EditError('edit/refused', `"${pointer}" is not a JSON pointer, which begins with a slash.`);
}

/** The first candidate that reads back as exactly the wanted value: an edit never writes anything else. */
function firstThatReads(candidates: Iterable<string>, wanted: unknown, pointer: string): string {
  for (const candidate of candidates) {
    const read = tryRead(candidate);
    if (read !== null && sameJson(read.value, wanted)) return candidate;
  }
  throw new EditError(
    'edit/not-possible',
    `${pointer} cannot be edited without touching the rest of the file; edit the file by hand.`,
  );
}

function tryRead(text: string): { readonly value: unknown } | null {
  try {
    return readDocument(text);
  } catch (error) {
    if (error instanceof EditError) return null;
    throw error;
  }
}
