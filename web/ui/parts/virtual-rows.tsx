import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** The pages that are read so far, and how the next one is. */
export interface Pages {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly isFetchNextPageError: boolean;
  readonly fetchNextPage: () => unknown;
}

interface VirtualRowsProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string | number;
  /** How many there are; null where nobody knows before the last one is read. */
  readonly total: number | null;
  readonly query: Pages;
  /** The columns, as a class; head and rows share them. */
  readonly columns: string;
  /** The cells of the first row. */
  readonly head: ReactNode;
  /** Pixels of a row. Rows that may wrap are measured, and this is what is expected of them. */
  readonly height: number;
  readonly wraps?: boolean;
  /** The cells of an item. */
  readonly children: (item: T) => ReactNode;
  readonly foot?: ReactNode;
}

/** Rows before the end from which the next page is read. */
const AHEAD = 60;

/** Thousands of rows of which only those on the screen exist; the next are read before they are seen. */
export function VirtualRows<T>({ items, query, columns, head, height, ...props }: VirtualRowsProps<T>) {
  const { label, keyOf, total, wraps = false, children, foot } = props;
  const list = useRef<HTMLDivElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  // What stands above may have become higher or lower.
  useLayoutEffect(() => {
    const { top } = list.current?.getBoundingClientRect() ?? { top: 0 };
    setScrollMargin(Math.round(top + window.scrollY));
  });
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const wanted = items.length > 0 && last >= items.length - AHEAD;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;
  useEffect(() => {
    // What failed is asked for again by a person.
    if (wanted && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [wanted, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  return (
    <div className="panel">
      <div role="table" aria-label={label} aria-rowcount={total === null ? -1 : total + 1}>
        <div role="rowgroup" className="sticky top-0 z-[1] rounded-t-lg border-b border-line bg-panel">
          <div role="row" aria-rowindex={1} className={`${columns} h-9 items-center text-xs text-dim`}>
            {head}
          </div>
        </div>
        <div role="rowgroup" ref={list} className="relative" style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const item = items[index];
            return item === undefined ? null : (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                ref={wraps ? rows.measureElement : undefined}
                className={`${columns} ${wraps ? 'items-baseline' : 'items-center'} absolute inset-x-0 border-b border-line text-sm last:border-b-0 hover:bg-raised`}
                style={{
                  transform: `translateY(${start - scrollMargin}px)`,
                  ...(wraps ? { minHeight: height } : { height }),
                }}
              >
                {children(item)}
              </div>
            );
          })}
        </div>
      </div>
      {foot}
    </div>
  );
}
