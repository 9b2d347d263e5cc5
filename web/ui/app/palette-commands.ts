import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import type { TenantSummary } from '../../api/models/tenant.ts';
import { meQuery, tenantQuery, tenantsQuery } from '../data/queries.ts';
import { useEdits } from '../edit/edits.tsx';
import type { IconName } from '../parts/icon.tsx';
import { announce } from './announcer.tsx';
import { type Command, matching } from './commands.ts';
import { placesFor } from './places.ts';
import { runtimeCommands, tenantWords } from './runtime-commands.ts';
import { useSetup } from './setup-context.ts';
import { signOut } from './sign-out.ts';
import { chooseTheme } from './theme.ts';

export interface Runnable extends Command {
  readonly icon: IconName;
  readonly run: () => void;
}

/** Tenants that are named while nobody has typed, and at most. */
const FEW = 5;
const MOST = 20;

/** What the palette offers for a few letters; `searching` while the server has not answered for these. */
export function useCommands(query: string): {
  readonly found: readonly Runnable[];
  readonly searching: boolean;
} {
  const navigate = useNavigate();
  const edits = useEdits();
  const { data: me } = useQuery(meQuery);
  const here = useTenantHere();
  const wanted = useDeferredValue(tenantWords(query));
  const tenants = useInfiniteQuery({
    ...tenantsQuery(wanted === '' ? {} : { q: wanted }),
    enabled: me !== undefined,
  });
  const actions = useActions();
  const places = placesFor(me?.may ?? []).map(
    ({ to, name, icon, asks }): Runnable => ({
      id: `place-${name}`,
      name,
      hint: asks,
      icon,
      run: () => void navigate({ to }),
    }),
  );
  const known = (tenants.data?.pages[0]?.items ?? []).slice(0, MOST);
  const leading = known.map(
    ({ name, node }): Runnable => ({
      id: `tenant-${name}`,
      name,
      hint: `tenant on ${node}`,
      icon: 'tenants',
      run: () => void navigate({ to: '/tenants/$tenant', params: { tenant: name } }),
    }),
  );
  const runs = (of: readonly TenantSummary[]): Runnable[] =>
    of.flatMap((tenant) =>
      me === undefined
        ? []
        : runtimeCommands(tenant, me).map(({ edit, ...rest }) => ({
            ...rest,
            hint: `a commit for ${tenant.name}`,
            run: () => edits.open(edit),
          })),
    );
  const others = known.filter(({ name }) => name !== here?.name);
  return {
    found: [
      ...matching(places, query),
      // Until the server has answered, these are the tenants of what was asked before.
      ...(query === '' ? leading.slice(0, FEW) : matching(leading, query)),
      ...matching(runs(here === null ? [] : [here]), query),
      ...matching(actions, query),
      ...(query.trim() === '' ? [] : matching(runs(others.slice(0, FEW)), query)),
    ],
    searching: tenants.isFetching,
  };
}

/** The tenant whose page one is on. */
function useTenantHere(): TenantSummary | null {
  const path = useLocation({ select: ({ pathname }) => pathname });
  const name = /^\/tenants\/([^/]+)/.exec(path)?.[1] ?? '';
  const { data } = useQuery({ ...tenantQuery(decodeURIComponent(name)), enabled: name !== '' });
  return data?.summary ?? null;
}

function useActions(): readonly Runnable[] {
  const client = useQueryClient();
  const navigate = useNavigate();
  const setup = useSetup();
  const { data: me } = useQuery(meQuery);
  const may = (action: string): boolean => me?.may.includes(action) === true;
  const action = (id: string, name: string, icon: IconName, run: () => void): Runnable => ({
    id,
    name,
    hint: '',
    icon,
    run,
  });
  return [
    ...(may('tenants.setup') ? [action('set-up', 'Set up tenant', 'plus', setup.tenant)] : []),
    ...(may('nodes.setup') ? [action('add-node', 'Add node', 'plus', setup.node)] : []),
    action('account', 'Your account', 'access', () => void navigate({ to: '/account' })),
    action('light', 'Light theme', 'sun', () => chooseTheme('light')),
    action('dark', 'Dark theme', 'sun', () => chooseTheme('dark')),
    action('system', 'Theme of the system', 'sun', () => chooseTheme('system')),
    action(
      'out',
      'Sign out',
      'leave',
      () => void signOut(client).catch(() => announce('Signing out failed; try again')),
    ),
  ];
}
