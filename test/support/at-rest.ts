import type { TenantStatus } from '../../reconciler/report/status.ts';

/** What a tenant's status says of a tenant with which nothing is the matter, and of which nothing was asked. */
export const atRest = {
  changes: [],
  refusals: [],
  problems: [],
  lastResult: null,
  quarantine: null,
  pairing: null,
  disconnect: null,
} satisfies Partial<TenantStatus>;
