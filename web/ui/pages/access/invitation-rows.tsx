import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AccessList } from '../../../api/models/platform.ts';
import { announce } from '../../app/announcer.tsx';
import { change } from '../../data/http.ts';
import { useMay } from '../../data/may.ts';
import { accessQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Problem } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';

/** Invitations that nobody has used yet, each with the way to take it back. */
export function InvitationRows({ invitations }: { readonly invitations: AccessList['invitations'] }) {
  const client = useQueryClient();
  const may = useMay();
  const revoking = useMutation({
    mutationFn: (email: string) => change('DELETE', '/v1/access/invitations', { email }),
    onSuccess: (_answer, email) => announce(`The invitation of ${email} is taken back`),
    // Also when it was used meanwhile: then the list is old.
    onSettled: () => client.invalidateQueries({ queryKey: accessQuery.queryKey }),
  });
  return (
    <>
      {revoking.isError && <Problem error={revoking.error} where="Not taken back" />}
      {invitations.length === 0 && <Empty title="None is open" />}
      <ul className="divide-y divide-line">
        {invitations.map(({ email, by, expires }) => (
          <li key={email} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-0 flex-1 basis-56">{email}</span>
            <span className="text-xs text-dim">
              by {by}, ends <Ago at={expires} />
            </span>
            {may('access.revoke') && (
              <Button
                small
                busy={revoking.isPending && revoking.variables === email}
                onClick={() => revoking.mutate(email)}
                aria-label={`Revoke the invitation of ${email}`}
              >
                Revoke
              </Button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
