import { useQuery } from '@tanstack/react-query';
import { eventsQuery } from '../../data/queries.ts';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { eventWords } from '../../words/event.ts';
import { useTenant } from './use-tenant.ts';

/** What happened at the runtime and its bridge; new ones come on top by themselves. */
export function EventsTab() {
  const { summary } = useTenant();
  const query = useQuery(eventsQuery(summary.name));
  return (
    <section aria-label="Events" className="panel">
      <Loaded query={query} what="the events" lines={6}>
        {(events) =>
          events.length === 0 ? (
            <Empty title="No events yet">
              Starts, stops, health, pairing: what the node sees is told here as it happens.
            </Empty>
          ) : (
            <ul className="divide-y divide-line">
              {events.map((event) => (
                <li
                  key={event.id}
                  className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 text-sm"
                >
                  <span className="w-20 shrink-0 text-xs text-dim">
                    <Ago at={event.at} />
                  </span>
                  <code className="w-40 shrink-0 truncate text-xs">{event.type}</code>
                  <span className="min-w-0 flex-1 basis-60 text-dim">{eventWords(event)}</span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
