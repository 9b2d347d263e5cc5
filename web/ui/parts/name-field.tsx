import type { ComponentProps } from 'react';
import { namePattern } from '../words/name.ts';
import { TextField } from './text-field.tsx';

/** Asks for the name of what is to be made, as the language takes it. */
export function NameField(props: Omit<ComponentProps<typeof TextField>, 'label' | 'name'>) {
  return (
    <TextField
      label="Name"
      name="name"
      required
      pattern={namePattern}
      maxLength={63}
      autoComplete="off"
      spellCheck={false}
      {...props}
    />
  );
}
