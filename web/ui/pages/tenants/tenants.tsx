import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useSetup } from '../../app/setup-context.ts';
import { useTopics } from '../../data/live.ts';
import { useMay } from '../../data/may.ts';
import { tenantsQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';
import { changeFilter, isFiltered, type TenantFilter } from '../../words/filters.ts';
import { count } from '../../words/value.ts';
import { FilterBar } from './filter-bar.tsx';
import { TenantRows } from './tenant-rows.tsx';

/** What runs for whom. The filter is the address. */
export function TenantsPage() {
  useTopics('tenants');
  const filter: TenantFilter = useSearch({ from: '/inside/tenants' });
  const navigate = useNavigate();
  const setup = useSetup();
  const may = useMay();
  const query = useInfiniteQuery(tenantsQuery(filter));
  const change = (next: Parameters<typeof changeFilter>[1]) =>
    void navigate({ to: '/tenants', search: changeFilter(filter, next), replace: true });
  const first = query.data?.pages[0];
  return (
    <div className="space-y-3">
      <Title
        aside={
          may('tenants.setup') && (
            <Button look="primary" icon="plus" onClick={setup.tenant}>
              Set up tenant
            </Button>
          )
        }
      >
        Tenants
      </Title>
      <FilterBar filter={filter} counts={first?.counts ?? {}} onChange={change} />
      <p className="label" role="status">
        {first === undefined
          ? ' '
          : query.isPlaceholderData
            ? 'Searching…'
            : isFiltered(filter)
              ? `${count(first.total, 'tenant')} found`
              : count(first.total, 'tenant')}
      </p>
      {query.isError && (
        <Problem
          error={query.error}
          where="The tenants could not be read"
          retry={() => void query.refetch()}
        />
      )}
      {query.isPending && (
        <div className="panel">
          <Waiting label="Reading tenants" lines={8} />
        </div>
      )}
      {first !== undefined && first.total === 0 && (
        <div className="panel">
          {isFiltered(filter) ? (
            <Empty title="No tenant fits">
              <Button small onClick={() => void navigate({ to: '/tenants', search: {} })}>
                Show all
              </Button>
            </Empty>
          ) : (
            <Empty title="No tenants yet">
              Set one up here, or push <code>tenants/NAME/tenant.yaml</code>.
            </Empty>
          )}
        </div>
      )}
      {query.data !== undefined && first !== undefined && first.total > 0 && (
        <div aria-busy={query.isPlaceholderData}>
          <TenantRows
            pages={query.data.pages}
            total={first.total}
            sort={filter.sort ?? 'attention'}
            onSort={(sort) => change({ sort: sort === 'attention' ? undefined : sort })}
            query={query}
          />
        </div>
      )}
    </div>
  );
}
