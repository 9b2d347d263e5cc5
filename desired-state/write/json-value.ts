import { isObject } from '../../schemas/is-object.ts';
import { EditError } from './edit-error.ts';
import type { Json } from './yaml-node.ts';

/**
 * The value with one part set: missing maps and lists on the way are made, `-` appends to a list.
 * @throws EditError `edit/not-possible` where the path leads through a scalar or past the end of a list
 */
export function withValue(root: unknown, path: readonly string[], value: Json): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  refuseProto(name);
  if (root === null || root === undefined) {
    return name === '-' ? [withValue(null, rest, value)] : { [name]: withValue(null, rest, value) };
  }
  if (isList(root)) {
    const items = [...root];
    const index = name === '-' ? items.length : Number(name);
    if (!Number.isInteger(index) || index < 0 || index > items.length) {
      throw new EditError(
        'edit/not-possible',
        `"${name}" is not a place in a list of ${items.length}; "-" appends.`,
      );
    }
    items[index] = withValue(items[index], rest, value);
    return items;
  }
  if (!isObject(root)) {
    throw new EditError(
      'edit/not-possible',
      `"${name}" cannot be set inside a single value; set the value itself.`,
    );
  }
  return { ...root, [name]: withValue(root[name], rest, value) };
}

/** The value without one part; unchanged when there is no such part. */
export function withoutValue(root: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined || root === null || typeof root !== 'object') return root;
  if (isList(root)) {
    if (rest.length === 0) return root.filter((_item, index) => String(index) !== name);
    return root.map((item, index) => (String(index) === name ? withoutValue(item, rest) : item));
  }
  if (!isObject(root) || !Object.hasOwn(root, name)) return root;
  const { [name]: old, ...others } = root;
  if (rest.length === 0) return others;
  return { ...root, [name]: withoutValue(old, rest) };
}

/** The part of a value at a path; undefined when there is none. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) {
    if (isList(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}

/** Whether two values of JSON say the same; the order of keys says nothing. The page runs this too: nothing of Node here. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (isList(one)) {
    return (
      isList(other) && one.length === other.length && one.every((item, index) => sameJson(item, other[index]))
    );
  }
  if (!isObject(one)) return Object.is(one, other);
  const keys = Object.keys(one);
  return (
    isObject(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && sameJson(one[key], other[key]))
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function refuseProto(name: string): void {
  if (name === '__proto__') throw new EditError('edit/refused', '"__proto__" cannot be used as a key.');
}
