import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { HistoryPage, TenantRun } from '../../../api/models/edit.ts';
import { get } from '../../data/http.ts';
import { CommitId } from '../../parts/commit-line.tsx';
import { Problem } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { shortImage } from '../../words/image.ts';
import { readMomentFilter } from '../../words/tab-filters.ts';

/** Asks for a moment, and says what ran for a tenant then. */
export function RanAt({ tenant }: { readonly tenant: string }) {
  const { at: moment = '' } = useSearch({ from: '/inside/tenants/$tenant/history' });
  const navigate = useNavigate({ from: '/tenants/$tenant/history' });
  const at = moment === '' ? null : Date.parse(moment);
  const query = useQuery({
    queryKey: ['tenant', tenant, 'ran', at],
    queryFn: ({ signal }) =>
      get<HistoryPage>(`/v1/tenants/${encodeURIComponent(tenant)}/history?limit=1&at=${at ?? ''}`, signal),
    enabled: at !== null && !Number.isNaN(at),
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 py-2 text-sm">
      <label className="flex items-center gap-2">
        <span className="text-dim">What ran at</span>
        <input
          type="datetime-local"
          className="control"
          value={moment}
          onChange={({ target }) =>
            void navigate({ search: readMomentFilter({ at: target.value }), replace: true })
          }
        />
      </label>
      <p role="status" className="min-w-0 flex-1 basis-60">
        {query.data !== undefined && sentence(query.data.ran ?? null)}
      </p>
      {query.isError && <Problem error={query.error} where="The past could not be read" />}
    </div>
  );
}

function sentence(ran: TenantRun | null): ReactNode {
  if (ran === null) return 'Nothing is known of that moment.';
  return (
    <>
      {ran.image === null ? 'nothing' : <code title={ran.image}>{shortImage(ran.image)}</code>} on {ran.node},{' '}
      {ran.state}
      {ran.commit !== null && (
        <>
          , by <CommitId oid={ran.commit} />
        </>
      )}{' '}
      <span className="text-dim">
        (since <Ago at={ran.at} />)
      </span>
    </>
  );
}
