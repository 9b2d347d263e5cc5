import { useMutation, useQueryClient } from '@tanstack/react-query';
import { change } from '../../data/http.ts';
import { Button } from '../../parts/button.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { Ago } from '../../parts/time.tsx';

interface Invitation {
  /** Where to sign up, with the token behind the `#`. */
  readonly path: string;
  readonly expires: number;
}

/** Makes a link for one person to sign up with. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const inviting = useMutation({
    mutationFn: (email: string) => change<Invitation>('POST', '/v1/access/invitations', { email }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['access'] }),
  });
  const made = inviting.data;
  return (
    <Dialog
      title="Invite somebody"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
          {made === undefined && (
            <Button look="primary" type="submit" form="invite" busy={inviting.isPending}>
              Make invitation
            </Button>
          )}
        </>
      }
    >
      {made === undefined ? (
        <form
          id="invite"
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault();
            const email = new FormData(event.currentTarget).get('email');
            if (typeof email === 'string') inviting.mutate(email);
          }}
        >
          <TextField
            label="E-mail"
            name="email"
            type="email"
            required
            hint="What this person may do is said in Git, by this address."
          />
          {inviting.isError && <Problem error={inviting.error} where="No invitation was made" />}
        </form>
      ) : (
        <div className="space-y-3 text-sm">
          <p>
            Send this link to {inviting.variables}. It works once and ends <Ago at={made.expires} />; it is
            not shown again.
          </p>
          <CommandLine text={location.origin + made.path} label="invitation link" />
        </div>
      )}
    </Dialog>
  );
}
