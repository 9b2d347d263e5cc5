import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { TenantPage } from '../../../api/models/tenant.ts';
import { Icon } from '../../parts/icon.tsx';
import { nextSort } from '../../words/filters.ts';
import { columns, TenantRow } from './tenant-row.tsx';

interface TenantRowsProps {
  readonly pages: readonly TenantPage[];
  readonly total: number;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onMore: () => void;
}

const ROW = 36;

/** Thousands of lines of which only those on the screen exist; the next are read before they are seen. */
export function TenantRows({ pages, total, sort, onSort, onMore }: TenantRowsProps) {
  const items = pages.flatMap((page) => page.items);
  const list = useRef<HTMLDivElement>(null);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => items[index]?.name ?? index,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= items.length - 60 && items.length < total) onMore();
  });
  return (
    <div role="table" aria-label="Tenants" aria-rowcount={total + 1} className="panel">
      <div role="rowgroup" className="sticky top-0 z-[1] rounded-t-lg border-b border-line bg-panel">
        <div role="row" aria-rowindex={1} className={`${columns} h-9 text-xs text-dim`}>
          <SortHead name="Tenant" sort="name" now={sort} onSort={onSort} />
          <SortHead name="Phase" sort="attention" now={sort} onSort={onSort} />
          <span role="columnheader" className="max-md:hidden">
            Why
          </span>
          <span role="columnheader" className="max-lg:hidden">
            Image
          </span>
          <SortHead name="Node" sort="node" now={sort} onSort={onSort} className="max-md:hidden" />
          <SortHead name="For" sort="since" now={sort} onSort={onSort} className="justify-self-end" />
        </div>
      </div>
      <div role="rowgroup" ref={list} className="relative" style={{ height: rows.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const tenant = items[index];
          return tenant === undefined ? null : (
            <TenantRow
              key={key}
              tenant={tenant}
              index={index}
              top={start - rows.options.scrollMargin}
              height={ROW}
            />
          );
        })}
      </div>
      {items.length < total && (
        <p className="border-t border-line px-4 py-2 text-xs text-dim">
          {items.length.toLocaleString('en')} of {total.toLocaleString('en')} read
        </p>
      )}
    </div>
  );
}

function SortHead({
  name,
  sort,
  now,
  onSort,
  className = '',
}: {
  readonly name: string;
  readonly sort: string;
  readonly now: string;
  readonly onSort: (sort: string) => void;
  readonly className?: string;
}) {
  const turned = now === `-${sort}`;
  const on = sort === now || turned;
  return (
    <span
      role="columnheader"
      aria-sort={on ? (turned ? 'descending' : 'ascending') : 'none'}
      className={className}
    >
      <button
        type="button"
        onClick={() => onSort(nextSort(now, sort))}
        className={`inline-flex items-center gap-1 rounded-sm hover:text-ink ${on ? 'font-medium text-ink' : ''}`}
      >
        {name}
        {on && (
          <span className={turned ? 'rotate-180' : ''}>
            <Icon name="down" size={10} />
          </span>
        )}
      </button>
    </span>
  );
}
