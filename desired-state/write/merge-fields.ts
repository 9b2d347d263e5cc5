import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../schemas/is-object.ts';
import { toPointer } from '../../schemas/yaml-tree.ts';
import { EditError } from './edit-error.ts';
import { deleteValue, setValue } from './edit-yaml.ts';
import { type Json, readDocument } from './yaml-node.ts';

/** A place of a document whose value is another than before; no value: it is gone. */
export interface FieldMove {
  readonly path: readonly string[];
  readonly value?: Json;
}

/** Where two values differ: maps are walked, lists are compared as a whole. */
export function fieldMoves(before: unknown, after: unknown, path: readonly string[] = []): FieldMove[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldMoves(before[key], after[key], [...path, key]));
  }
  // What was read from a document is what JSON can hold.
  return [after === undefined ? { path } : { path, value: after as Json }];
}

/**
 * Makes on the newer text of a document what an edit made on an older one, field by field. Comments and order are those
 * of the newer text.
 * @returns null when both moved the same field, or one what the other's lies in, to other values; or when a text is not
 * one that can be edited
 */
export function mergeFields(base: string, ours: string, theirs: string): string | null {
  try {
    const [before, mine, newer] = [base, ours, theirs].map((text) => readDocument(text).value);
    const moved = fieldMoves(before, newer);
    const wanted = fieldMoves(before, mine).filter((move) => !moved.some((other) => sameMove(move, other)));
    if (wanted.some((move) => moved.some((other) => touches(move, other)))) return null;
    return wanted.reduce((text, move) => withMove(text, move), theirs);
  } catch (error) {
    if (error instanceof EditError) return null;
    throw error;
  }
}

function withMove(text: string, { path, value }: FieldMove): string {
  return value === undefined ? deleteValue(text, toPointer(path)) : setValue(text, toPointer(path), value);
}

function sameMove(a: FieldMove, b: FieldMove): boolean {
  return isDeepStrictEqual(a, b);
}

/** Whether one of two places is the other, or lies in it. */
function touches(a: FieldMove, b: FieldMove): boolean {
  const [shorter, longer] = a.path.length <= b.path.length ? [a.path, b.path] : [b.path, a.path];
  return shorter.every((name, index) => longer[index] === name);
}
