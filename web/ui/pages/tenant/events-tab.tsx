import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { TenantEvent } from '../../../api/models/tenant.ts';
import { eventsQuery } from '../../data/queries.ts';
import { Choice } from '../../parts/choice.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import { eventKinds, eventWords } from '../../words/event.ts';
import { readEventFilter } from '../../words/tab-filters.ts';
import { useTenant } from './use-tenant.ts';

const columns = 'grid gap-x-3 px-4 grid-cols-[5rem_minmax(0,1fr)] sm:grid-cols-[5rem_11rem_minmax(0,1fr)]';

/** What happened at the runtime and its bridge; new ones come on top by themselves, older ones as one scrolls. */
export function EventsTab() {
  const { summary } = useTenant();
  const { kind = null } = useSearch({ from: '/inside/tenants/$tenant/events' });
  const navigate = useNavigate({ from: '/tenants/$tenant/events' });
  const query = useInfiniteQuery(eventsQuery(summary.name, kind));
  const events = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <section aria-label="Events" className="space-y-3">
      <Choice
        name="Kind"
        value={kind ?? undefined}
        options={eventKinds}
        onChange={(chosen) => void navigate({ search: readEventFilter({ kind: chosen }), replace: true })}
      />
      {query.isPending && <Waiting label="Reading the events" lines={6} />}
      {query.isError && (
        <Problem
          error={query.error}
          where="The events could not be read"
          retry={() => void query.refetch()}
        />
      )}
      {query.data !== undefined && events.length === 0 && (
        <div className="panel">
          <Empty title={kind === null ? 'No events yet' : 'No such events'}>
            Starts, stops, health, pairing: what the node sees is told here as it happens.
          </Empty>
        </div>
      )}
      {events.length > 0 && (
        <VirtualRows
          label="Events, newest first"
          items={events}
          keyOf={({ id }) => id}
          total={query.hasNextPage ? null : events.length}
          query={query}
          columns={columns}
          height={38}
          wraps
          head={
            <>
              <span role="columnheader">When</span>
              <span role="columnheader" className="max-sm:hidden">
                Event
              </span>
              <span role="columnheader">What</span>
            </>
          }
          foot={<More query={query} />}
        >
          {(event) => <Cells event={event} />}
        </VirtualRows>
      )}
    </section>
  );
}

function Cells({ event }: { readonly event: TenantEvent }) {
  return (
    <>
      <span role="cell" className="py-2 text-xs text-dim">
        <Ago at={event.at} />
      </span>
      <span role="cell" className="truncate py-2 font-mono text-xs max-sm:hidden">
        {event.type}
      </span>
      <span role="cell" className="min-w-0 py-2 text-dim">
        <code className="mr-2 text-xs text-ink sm:hidden">{event.type}</code>
        {eventWords(event)}
      </span>
    </>
  );
}
