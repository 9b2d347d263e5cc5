import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { change } from '../../data/http.ts';
import { Button } from '../../parts/button.tsx';
import { NewPasswordField } from '../../parts/new-password-field.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';
import { Door } from './door.tsx';
import { SetupToken, useNobodyYet } from './first.tsx';

/** An account for somebody who was invited. The invitation may stand behind `#`, where no log sees it. */
export function SignUp() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/sign-up' });
  const [invitation, setInvitation] = useState(
    () => search.invitation ?? new URLSearchParams(location.hash.slice(1)).get('invitation') ?? '',
  );
  const nobodyYet = useNobodyYet();
  // Who has it says himself who he is; an invitation knows.
  const isSetup = nobodyYet || invitation.trim().startsWith('tnt_setup_');
  const joining = useMutation({
    mutationFn: (given: ReturnType<typeof fieldsOf>) => change('POST', '/v1/auth/signup', given),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/' });
    },
  });
  return (
    <Door title={nobodyYet ? 'Begin' : 'Join'}>
      {nobodyYet && (
        <p className="mb-4 text-sm text-dim">
          You are the first here. <SetupToken />
        </p>
      )}
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          joining.mutate(fieldsOf(event.currentTarget));
        }}
      >
        <TextField
          label={nobodyYet ? 'Setup token' : 'Invitation'}
          name="invitation"
          value={invitation}
          onChange={({ target }) => setInvitation(target.value)}
          required
          autoComplete="off"
          spellCheck={false}
          hint={
            nobodyYet
              ? 'It begins with `tnt_setup_`.'
              : 'From the link that you were sent, or the setup token that `tenantry web` printed.'
          }
        />
        <TextField
          label="Your name"
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          hint="Your commits carry it."
          autoFocus
        />
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="username"
          required={isSetup}
          hint={
            isSetup ? 'Git gives roles by it.' : 'Needed with the setup token alone: an invitation knows it.'
          }
        />
        <NewPasswordField label="Password" name="password" />
        {joining.isError && <Problem error={joining.error} where="Not joined" />}
        <Button type="submit" look="primary" busy={joining.isPending} className="w-full">
          Create account
        </Button>
      </form>
    </Door>
  );
}
