import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { change } from '../../data/http.ts';
import { Button } from '../../parts/button.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { fieldsOf } from '../../words/fields.ts';
import { Door } from './door.tsx';

const SHORTEST = 12;

/** An account for somebody who was invited. The invitation may stand behind `#`, where no log sees it. */
export function SignUp() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: '/sign-up' });
  const invitation = search.invitation ?? new URLSearchParams(location.hash.slice(1)).get('invitation') ?? '';
  const joining = useMutation({
    mutationFn: (given: ReturnType<typeof fieldsOf>) => change('POST', '/v1/auth/signup', given),
    onSuccess: async () => {
      client.clear();
      await navigate({ to: '/' });
    },
  });
  return (
    <Door title="Join">
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          joining.mutate(fieldsOf(event.currentTarget));
        }}
      >
        <TextField
          label="Invitation"
          name="invitation"
          defaultValue={invitation}
          required
          autoComplete="off"
          spellCheck={false}
          hint="From the link that you were sent, or the setup token that `tenantry web` printed."
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
          hint="Needed with the setup token alone: an invitation knows it."
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={SHORTEST}
          hint={`At least ${SHORTEST} characters; several words are good.`}
        />
        {joining.isError && <Problem error={joining.error} where="Not joined" />}
        <Button type="submit" look="primary" busy={joining.isPending} className="w-full">
          Create account
        </Button>
      </form>
    </Door>
  );
}
