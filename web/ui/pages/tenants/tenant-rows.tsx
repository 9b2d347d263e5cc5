import type { TenantPage } from '../../../api/models/tenant.ts';
import { Icon } from '../../parts/icon.tsx';
import { type Pages, VirtualRows } from '../../parts/virtual-rows.tsx';
import { nextSort } from '../../words/filters.ts';
import { columns, TenantCells } from './tenant-cells.tsx';

interface TenantRowsProps {
  readonly pages: readonly TenantPage[];
  readonly total: number;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly query: Pages;
}

/** One line a tenant, of thousands. */
export function TenantRows({ pages, total, sort, onSort, query }: TenantRowsProps) {
  const items = pages.flatMap((page) => page.items);
  const head = (name: string, column: string, className = '') => (
    <SortHead name={name} sort={column} now={sort} onSort={onSort} className={className} />
  );
  return (
    <VirtualRows
      label="Tenants"
      items={items}
      keyOf={({ name }) => name}
      total={total}
      query={query}
      columns={columns}
      height={36}
      head={
        <>
          {head('Tenant', 'name')}
          {head('Phase', 'attention')}
          <span role="columnheader" className="max-md:hidden">
            Why
          </span>
          <span role="columnheader" className="max-lg:hidden">
            Image
          </span>
          {head('Node', 'node', 'max-md:hidden')}
          {head('For', 'since', 'justify-self-end')}
        </>
      }
      foot={
        items.length < total && (
          <p className="border-t border-line px-4 py-2 text-xs text-dim">
            {items.length.toLocaleString('en')} of {total.toLocaleString('en')} read
          </p>
        )
      }
    >
      {(tenant) => <TenantCells tenant={tenant} />}
    </VirtualRows>
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
