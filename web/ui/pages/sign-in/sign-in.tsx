import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { change } from '../../data/http.ts';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { Door } from './door.tsx';
import { SetupToken, useNobodyYet } from './first.tsx';

export function SignIn() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const { next } = useSearch({ from: '/sign-in' });
  const nobodyYet = useNobodyYet();
  const signing = useMutation({
    mutationFn: (form: FormData) =>
      change('POST', '/v1/auth/login', { email: form.get('email'), password: form.get('password') }),
    onSuccess: async () => {
      client.clear();
      if (next === undefined) await navigate({ to: '/' });
      else router.history.push(next);
    },
  });
  return (
    <Door title="Sign in">
      {nobodyYet && (
        <section aria-label="First steps" className="mb-6 space-y-3 rounded-md bg-accent-soft p-3 text-sm">
          <p>
            <span className="font-medium">Nobody has signed up here yet.</span> <SetupToken />
          </p>
          <Link to="/sign-up" className={buttonClass('primary')}>
            Sign up with the setup token
          </Link>
        </section>
      )}
      <form
        className="space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          signing.mutate(new FormData(event.currentTarget));
        }}
      >
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        {signing.isError && <Problem error={signing.error} where="Not signed in" />}
        <Button type="submit" look="primary" busy={signing.isPending} className="w-full">
          Sign in
        </Button>
      </form>
      {!nobodyYet && (
        <p className="mt-6 text-sm text-dim">
          No account yet? Somebody who administrates this platform sends invitations.
        </p>
      )}
    </Door>
  );
}
