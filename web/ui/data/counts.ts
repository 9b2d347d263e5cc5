import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import type { TenantPage } from '../../api/models/tenant.ts';
import { get } from './http.ts';

type List = InfiniteData<TenantPage, string | null>;

/**
 * Brings the counts of the lists that are shown up to date and leaves their rows: a row that is not loaded and stays so
 * changes nothing else of a list.
 */
export async function readCounts(client: QueryClient): Promise<void> {
  const lists = client.getQueryCache().findAll({ queryKey: ['tenants'], type: 'active' });
  for (const { queryKey } of lists) {
    const filter = (queryKey[1] ?? {}) as Record<string, string>;
    try {
      const { total, counts } = await get<TenantPage>(
        `/v1/tenants?${new URLSearchParams({ ...filter, limit: '1' })}`,
      );
      client.setQueryData<List>(queryKey, (list) =>
        list === undefined
          ? list
          : { ...list, pages: list.pages.map((page) => ({ ...page, total, counts })) },
      );
    } catch {
      // The list itself says what is wrong, and is read again with it.
      void client.invalidateQueries({ queryKey });
    }
  }
}
