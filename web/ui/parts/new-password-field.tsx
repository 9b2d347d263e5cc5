import { SHORTEST_PASSWORD } from '../../api/models/password.ts';
import { TextField } from './text-field.tsx';

/** Asks for a password that is to be: a password manager offers to make one and keeps it. */
export function NewPasswordField({ label, name }: { readonly label: string; readonly name: string }) {
  return (
    <TextField
      label={label}
      name={name}
      type="password"
      autoComplete="new-password"
      required
      minLength={SHORTEST_PASSWORD}
      hint={`At least ${SHORTEST_PASSWORD} characters; several words are good.`}
    />
  );
}
