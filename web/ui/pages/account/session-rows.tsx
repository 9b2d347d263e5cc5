import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SessionList } from '../../../api/models/auth.ts';
import { announce } from '../../app/announcer.tsx';
import { change } from '../../data/http.ts';
import { sessionsQuery } from '../../data/untold.ts';
import { Button } from '../../parts/button.tsx';
import { Problem } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';

/** Sessions that go on, each with the way to end it. One's own of this moment ends by signing out. */
export function SessionRows({ sessions }: { readonly sessions: SessionList['items'] }) {
  const client = useQueryClient();
  const ending = useMutation({
    mutationFn: (id: string) => change('DELETE', `/v1/auth/sessions/${encodeURIComponent(id)}`),
    onSuccess: () => announce('The session is ended'),
    // Also when it had ended already: then the list is old.
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <>
      {ending.isError && <Problem error={ending.error} where="Not ended" />}
      <ul className="divide-y divide-line">
        {sessions.map(({ id, kind, from, since, seenAt, current }) => (
          <li key={id} className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-0 flex-1 basis-56">
              {from} {kind === 'program' && <span className="text-dim">(a program)</span>}
            </span>
            <span className="text-xs text-dim">
              since <Ago at={since} />, seen <Ago at={seenAt} />
            </span>
            <span className="flex w-20 justify-end">
              {current ? (
                <span className="text-xs text-good">this one</span>
              ) : (
                <Button
                  small
                  busy={ending.isPending && ending.variables === id}
                  onClick={() => ending.mutate(id)}
                  aria-label={`End the session of ${from}`}
                >
                  End
                </Button>
              )}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
