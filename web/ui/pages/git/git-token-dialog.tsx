import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { GitTokenMade, GitTokens } from '../../../api/models/git-token.ts';
import { change } from '../../data/http.ts';
import { gitTokensQuery } from '../../data/queries.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { Radios } from '../../parts/radios.tsx';
import { SelectField } from '../../parts/select-field.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
import { Problem } from '../../parts/states.tsx';
import { TextField } from '../../parts/text-field.tsx';

const uses = [
  ['read', 'Read', 'clone and fetch'],
  ['push', 'Read and push', 'change what runs, as far as you may here'],
] as const;

const lengths = [
  ['7', 'a week'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', 'a year'],
] as const;
const USUAL = '90';

interface GitTokenDialogProps {
  /** What the person may use one for. */
  readonly may: GitTokens['may'];
  readonly command: string;
  readonly onClose: () => void;
}

/** Makes a password for git. It is shown when it is made, and never again. */
export function GitTokenDialog({ may, command, onClose }: GitTokenDialogProps) {
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: (wanted: { name: string; scopes: string[]; days: number }) =>
      change<GitTokenMade>('POST', '/v1/git-tokens', wanted),
    onSuccess: () => client.invalidateQueries({ queryKey: gitTokensQuery.queryKey }),
  });
  if (making.data !== undefined) {
    return (
      <ShownOnce
        title={`The token ${making.data.token.name}`}
        onClose={onClose}
        lines={[
          { text: making.data.secret, label: 'token' },
          { text: command, label: 'clone command', before: 'Give it where this asks for a password:' },
        ]}
      >
        Copy it now: it is not shown again. Whoever has it may do with Git what you chose, in your name.
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title="Make a Git token"
      verb="Make token"
      busy={making.isPending}
      onClose={onClose}
      onSubmit={({ name = '', use, days = USUAL }) =>
        making.mutate({
          name,
          scopes: use === 'push' ? ['read', 'push'] : ['read'],
          days: Number(days),
        })
      }
    >
      <TextField
        label="Name"
        name="name"
        required
        maxLength={100}
        autoComplete="off"
        hint="What it is for, as laptop or ci: so that you know later which one to revoke."
      />
      <Radios legend="Use" name="use" options={uses.filter(([use]) => may.includes(use))} />
      <SelectField label="Ends after" name="days" options={lengths} defaultValue={USUAL} />
      {making.isError && <Problem error={making.error} where="No token was made" />}
    </FormDialog>
  );
}
