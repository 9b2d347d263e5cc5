import { useMutation, useQueryClient } from '@tanstack/react-query';
import { change } from '../../data/http.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
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
  if (made !== undefined) {
    return (
      <ShownOnce
        title={`Invitation of ${inviting.variables}`}
        lines={[{ text: location.origin + made.path, label: 'invitation link' }]}
        onClose={onClose}
      >
        Send this link to {inviting.variables}. It works once and ends <Ago at={made.expires} />; it is not
        shown again.
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title="Invite somebody"
      verb="Make invitation"
      busy={inviting.isPending}
      onClose={onClose}
      onSubmit={({ email = '' }) => inviting.mutate(email)}
    >
      <TextField
        label="E-mail"
        name="email"
        type="email"
        required
        hint="What this person may do is said in Git, by this address."
      />
      {inviting.isError && <Problem error={inviting.error} where="No invitation was made" />}
    </FormDialog>
  );
}
