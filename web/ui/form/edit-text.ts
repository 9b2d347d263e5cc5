import { EditError } from '../../../desired-state/write/edit-error.ts';
import { deleteValue, setValue } from '../../../desired-state/write/edit-yaml.ts';

type Json = Parameters<typeof setValue>[2];

/** The text with a value set, or removed where it is undefined; or why that cannot be done. Comments and order stay. */
export function editText(
  text: string,
  pointer: string,
  value: Json | undefined,
): { readonly text: string } | { readonly refused: string } {
  try {
    return { text: value === undefined ? deleteValue(text, pointer) : setValue(text, pointer, value) };
  } catch (error) {
    if (error instanceof EditError) return { refused: error.message };
    throw error;
  }
}

export type { Json };
