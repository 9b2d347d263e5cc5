import { useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useLog } from '../../data/logs.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { useTyped } from '../../parts/use-typed.ts';
import { readLogFilter } from '../../words/tab-filters.ts';
import { useTenant } from './use-tenant.ts';

const LINE = 20;

/** The runtime's log as it is written. It follows the end until somebody scrolls away from it. */
export function LogsTab() {
  const { summary } = useTenant();
  const all = useLog(summary.name);
  const { q: said = '' } = useSearch({ from: '/inside/tenants/$tenant/logs' });
  const navigate = useNavigate({ from: '/tenants/$tenant/logs' });
  const [q, setQ] = useTyped(
    said,
    (text) => void navigate({ search: readLogFilter({ q: text }), replace: true }),
  );
  const wanted = useDeferredValue(q.toLowerCase());
  const lines = wanted === '' ? all : all.filter(({ line }) => line.toLowerCase().includes(wanted));
  const [following, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE,
    overscan: 20,
  });
  useEffect(() => {
    if (following && lines.length > 0) rows.scrollToIndex(lines.length - 1);
  }, [following, lines.length, rows]);
  return (
    <section aria-label="Log" className="space-y-2">
      <div className="flex items-center gap-2">
        <input
          type="search"
          data-search
          aria-label="Search the log"
          placeholder="Search the log   /"
          value={q}
          onChange={(event) => setQ(event.target.value)}
          className="control min-w-0 flex-1"
        />
        <Button
          aria-pressed={following}
          icon={following ? 'check' : 'down'}
          onClick={() => setFollowing(!following)}
        >
          Follow
        </Button>
      </div>
      <div
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={`Log of ${summary.name}`}
        aria-live="off"
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) =>
          setFollowing(scrollTop + clientHeight >= scrollHeight - 2 * LINE)
        }
        className="panel h-[min(65dvh,640px)] overflow-auto font-mono text-xs leading-5"
      >
        {lines.length === 0 && (
          <Empty title={all.length === 0 ? 'No lines yet' : 'No line holds this'}>
            {all.length === 0 &&
              (summary.linked
                ? 'Lines appear as the runtime writes them.'
                : `Its node ${summary.node} is away: logs come when it is back.`)}
          </Empty>
        )}
        <div className="relative min-w-full" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line === undefined ? null : (
              <div
                key={index}
                className="absolute left-0 flex min-w-full gap-3 px-3 whitespace-pre"
                style={{ height: LINE, transform: `translateY(${start}px)` }}
              >
                <span className="shrink-0 text-dim" title={line.at}>
                  {line.at.slice(11, 19)}
                </span>
                <span className={line.stream === 'stderr' ? 'text-warn' : ''}>
                  {line.stream === 'stderr' && <span className="sr-only">error stream: </span>}
                  {line.line}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
