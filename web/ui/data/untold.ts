import { queryOptions } from '@tanstack/react-query';
import type { SessionList, SetupState } from '../../api/models/auth.ts';
import type { PlanList } from '../../api/models/platform.ts';
import { get } from './http.ts';

// Nobody tells the page when these change: they are read each time that they are shown.

/** Whether anybody has signed up yet; told also to somebody who is not signed in. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => get<SetupState>('/v1/auth/setup', signal),
  staleTime: 0,
});

/** Where one is signed in oneself. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => get<SessionList>('/v1/auth/sessions', signal),
  staleTime: 0,
});

/** What a tenant can be on. */
export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => get<PlanList>('/v1/plans', signal),
  staleTime: 0,
});
