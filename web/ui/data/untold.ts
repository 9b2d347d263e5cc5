import { queryOptions } from '@tanstack/react-query';
import type { SessionList, SetupState } from '../../api/models/auth.ts';
import type { PlanList } from '../../api/models/platform.ts';
import { get } from './http.ts';

/** For what the socket says nothing of: whoever looks at it anew reads it anew. */
export const untold = { staleTime: 0 } as const;

/** Whether anybody has signed up yet; told also to somebody who is not signed in. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => get<SetupState>('/v1/auth/setup', signal),
  ...untold,
});

/** Where one is signed in oneself. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => get<SessionList>('/v1/auth/sessions', signal),
  ...untold,
});

/** What a tenant can be on. */
export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => get<PlanList>('/v1/plans', signal),
  ...untold,
});
