import { useNavigate, useSearch } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import type { LogLine } from '../../../api/models/tenant.ts';
import { useLog } from '../../data/logs.ts';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import { useTyped } from '../../parts/use-typed.ts';
import { lineTime, newSince } from '../../words/log-time.ts';
import { readLogFilter } from '../../words/tab-filters.ts';
import { exact } from '../../words/time.ts';
import { useTenant } from './use-tenant.ts';

const LINE = 20;

/** The runtime's log as it is written. It follows the end until somebody scrolls away from it, and then holds still. */
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
  // What somebody reads stays where it is, also when the oldest lines make room for new ones.
  const [held, setHeld] = useState<readonly LogLine[] | null>(null);
  const following = held === null;
  const follow = (on: boolean): void => {
    if (on !== following) setHeld(on ? null : all);
  };
  const shown = held ?? all;
  const lines = wanted === '' ? shown : shown.filter(({ line }) => line.toLowerCase().includes(wanted));
  const unseen = held === null ? 0 : newSince(held, all);
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
          onClick={() => follow(!following)}
        >
          Follow
          {unseen !== 0 && (
            <span className="text-xs text-dim">{unseen === null ? 'many new' : `${unseen} new`}</span>
          )}
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
          follow(scrollTop + clientHeight >= scrollHeight - 2 * LINE)
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
                <time className="shrink-0 text-dim" dateTime={line.at} title={exactly(line.at)}>
                  {lineTime(line.at)}
                </time>
                <span className="w-6 shrink-0 text-warn" title="written to the error stream">
                  {line.stream === 'stderr' && 'err'}
                </span>
                <span className={line.stream === 'stderr' ? 'text-warn' : ''}>{line.line}</span>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function exactly(at: string): string {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? at : exact(moment);
}
