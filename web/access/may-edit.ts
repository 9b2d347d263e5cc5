import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../schemas/is-object.ts';
import { own } from '../../schemas/own.ts';
import { readYaml } from '../../schemas/yaml.ts';
import type { Caller } from '../ports.ts';
import { fileTable } from './files.ts';
import { actsForAll } from './roles.ts';

/** A value that a caller may not change. */
export interface Refusal {
  readonly path: string;
  /** JSON pointer; `''` is the file itself: that it is made, removed, or that it cannot be told what would change in it. */
  readonly pointer: string;
  readonly message: string;
}

/** JSON pointers that a caller may change in a file, with all below each; `['']` is all of it, none is nothing. */
export function editablePointers(caller: Caller, path: string): readonly string[] {
  for (const { path: pattern, may } of fileTable) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const tenant = found.groups?.['tenant'];
    const asOwner = tenant !== undefined && caller.owns.has(tenant) ? may['tenant-owner'] : [];
    const { role } = caller;
    const asRole = actsForAll(role) ? may[role] : [];
    return [...new Set([...asRole, ...asOwner])];
  }
  return [];
}

/**
 * What of an edit a caller may not make, pointer by pointer; nothing means that he may. Values are compared, not texts:
 * comments and order are everybody's who may change the file at all. Pure.
 *
 * @param before null: there is no such file yet
 * @param after null: the file is removed
 */
export function mayEdit(
  caller: Caller,
  path: string,
  before: string | null,
  after: string | null,
): Refusal[] {
  if (before === after) return [];
  const allowed = editablePointers(caller, path);
  if (allowed.includes('')) return [];
  const refuse = (pointer: string, message: string): Refusal => ({ path, pointer, message });
  const you = caller.role === null ? 'you have no role' : `you are ${caller.role}`;
  if (allowed.length === 0) return [refuse('', `${path} is not yours to change: ${you}.`)];
  if (before === null || after === null) {
    return [refuse('', `${path} is not yours to ${before === null ? 'make' : 'remove'}: ${you}.`)];
  }
  const [old, wanted] = [valueOf(before), valueOf(after)];
  if (old === null || wanted === null) {
    const which = wanted === null ? 'The new text' : 'The text that is there';
    return [
      refuse('', `${which} of ${path} is not readable YAML, so nobody can tell what would change in it.`),
    ];
  }
  return changed(old.value, wanted.value, '', allowed).map((pointer) =>
    refuse(
      pointer,
      `${pointer || path} is not yours to change: ${you}. You may change ${allowed.join(', ')}.`,
    ),
  );
}

function valueOf(text: string): { readonly value: unknown } | null {
  const { value, findings } = readYaml(new TextEncoder().encode(text));
  return findings.length > 0 ? null : { value };
}

/**
 * Pointers of what differs and is not allowed, as deep as maps go. A map that is not there and an empty one are the same
 * on the way to something allowed: who may set `/spec/runtime/state` may make `/spec/runtime` for it.
 */
function changed(before: unknown, after: unknown, pointer: string, allowed: readonly string[]): string[] {
  if (allowed.includes(pointer) || isDeepStrictEqual(before, after)) return [];
  const onTheWay = allowed.some((one) => one.startsWith(`${pointer}/`));
  const [old, wanted] = onTheWay ? [orEmpty(before), orEmpty(after)] : [before, after];
  if (!isObject(old) || !isObject(wanted)) return [pointer];
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  return [...keys].flatMap((key) =>
    changed(
      own(old, key),
      own(wanted, key),
      `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      allowed,
    ),
  );
}

/** An empty map for a value that is not there; null was written by somebody, and is a value. */
const orEmpty = (value: unknown): unknown => (value === undefined ? {} : value);
