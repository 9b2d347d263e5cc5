import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeRouter } from './app/router.tsx';
import { applyTheme, chosenTheme } from './app/theme.ts';
import { ApiError } from './data/http.ts';
import { meQuery } from './data/queries.ts';
import './styles.css';

applyTheme(chosenTheme());

/** A session that has ended: who asks is asked again, which leads to the sign-in and back. */
function onError(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401 || location.pathname.startsWith('/sign-')) return;
  client.removeQueries({ queryKey: meQuery.queryKey });
  void router.invalidate();
}

const client = new QueryClient({
  queryCache: new QueryCache({
    // That nobody is signed in leads to the sign-in by itself: the router has asked.
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== meQuery.queryKey[0]) onError(error);
    },
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // What changes is told by the socket, and a socket that was away has all read again.
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      // What is shown may be old, and says so; asking is allowed in any case.
      networkMode: 'always',
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
});
const router = makeRouter(client);

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

const place = document.getElementById('page');
if (place === null) throw new Error('index.html has no #page.');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
