import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useId, useState } from 'react';
import { meQuery, tenantsQuery } from '../data/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { announce } from './announcer.tsx';
import { type Command, matching } from './commands.ts';
import { placesFor } from './places.ts';
import { signOut } from './sign-out.ts';
import { chooseTheme } from './theme.ts';

interface Runnable extends Command {
  readonly icon: IconName;
  readonly run: () => void;
}

/** Every place and every tenant by a few letters. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useId();
  const found = useCommands(query);
  const chosen = found[Math.min(active, found.length - 1)];
  const run = (command: Runnable | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Search places and tenants"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : `${list}-${chosen.id}`}
        autoComplete="off"
        spellCheck={false}
        placeholder="A tenant, a page, an action"
        className="control h-10 w-full"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            setActive(
              (now) => (Math.min(now, found.length - 1) + by + found.length) % Math.max(1, found.length),
            );
          } else if (event.key === 'Enter') run(chosen);
        }}
      />
      <ul id={list} role="listbox" aria-label="Found" className="mt-3 max-h-80 overflow-y-auto">
        {found.map((command) => (
          <li
            key={command.id}
            id={`${list}-${command.id}`}
            role="option"
            aria-selected={command === chosen}
            onClick={() => run(command)}
            onPointerMove={() => setActive(found.indexOf(command))}
            className={`flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 ${command === chosen ? 'bg-raised' : ''}`}
          >
            <Icon name={command.icon} size={14} />
            <span className="truncate">{command.name}</span>
            <span className="ml-auto truncate text-xs text-dim">{command.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="py-4 text-center text-sm text-dim">Nothing is called “{query}”.</p>
      )}
    </Dialog>
  );
}

function useCommands(query: string): readonly Runnable[] {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const wanted = useDeferredValue(query.trim());
  const tenants = useInfiniteQuery({
    ...tenantsQuery(wanted === '' ? {} : { q: wanted }),
    enabled: me !== undefined,
  });
  const places = placesFor(me?.may ?? []).map(
    ({ to, name, icon, asks }): Runnable => ({
      id: `place-${name}`,
      name,
      hint: asks,
      icon,
      run: () => void navigate({ to }),
    }),
  );
  const actions: Runnable[] = [
    { id: 'light', name: 'Light theme', hint: '', icon: 'sun', run: () => chooseTheme('light') },
    { id: 'dark', name: 'Dark theme', hint: '', icon: 'sun', run: () => chooseTheme('dark') },
    { id: 'system', name: 'Theme of the system', hint: '', icon: 'sun', run: () => chooseTheme('system') },
    {
      id: 'out',
      name: 'Sign out',
      hint: '',
      icon: 'leave',
      run: () => void signOut(client).catch(() => announce('Signing out failed; try again')),
    },
  ];
  const known = (tenants.data?.pages[0]?.items ?? []).slice(0, 20).map(
    ({ name, node }): Runnable => ({
      id: `tenant-${name}`,
      name,
      hint: `tenant on ${node}`,
      icon: 'tenants',
      run: () => void navigate({ to: '/tenants/$tenant', params: { tenant: name } }),
    }),
  );
  return [
    ...matching(places, query),
    // Until the server has answered, these are the tenants of what was asked before.
    ...(query === '' ? known.slice(0, 5) : matching(known, query)),
    ...matching(actions, query),
  ];
}
