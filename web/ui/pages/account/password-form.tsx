import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { announce } from '../../app/announcer.tsx';
import { change } from '../../data/http.ts';
import { sessionsQuery } from '../../data/untold.ts';
import { Button } from '../../parts/button.tsx';
import { NewPasswordField } from '../../parts/new-password-field.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';

/** Another password, for who knows the one that holds. */
export function PasswordForm() {
  const client = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const changing = useMutation({
    mutationFn: (given: ReturnType<typeof fieldsOf>) => change('PUT', '/v1/auth/password', given),
    onSuccess: async () => {
      form.current?.reset();
      announce('The password is changed');
      await client.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    },
  });
  return (
    <form
      ref={form}
      className="max-w-sm space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        changing.mutate(fieldsOf(event.currentTarget));
      }}
    >
      <p className="text-sm text-dim">
        Your other sessions end with the old one. Git tokens are keys of their own, and go on until you revoke
        them.
      </p>
      <TextField
        label="Password now"
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      <NewPasswordField label="New password" name="newPassword" />
      {changing.isError && <Problem error={changing.error} where="Not changed" />}
      {changing.isSuccess && <p className="text-sm text-good">The password is changed.</p>}
      <Button type="submit" busy={changing.isPending}>
        Change password
      </Button>
    </form>
  );
}
