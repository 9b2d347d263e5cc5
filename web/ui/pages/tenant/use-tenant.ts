import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { TenantDetail } from '../../../api/models/tenant.ts';
import { tenantQuery } from '../../data/queries.ts';

/** The tenant that the page around has read already. */
export function useTenant(): TenantDetail {
  const { tenant } = useParams({ from: '/inside/tenants/$tenant' });
  return useSuspenseQuery(tenantQuery(tenant)).data;
}
