import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { meQuery } from '../data/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { type Runnable, useCommands } from './palette-commands.ts';

/** Every place, every tenant and what can be done by a few letters. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [query, setQuery] = useState('');
  /** By its id: what is found comes in two goes, and what is marked stays marked. */
  const [active, setActive] = useState<string | null>(null);
  const list = useId();
  const { found, searching } = useCommands(query);
  const { data: me } = useQuery(meQuery);
  const at = Math.max(
    0,
    found.findIndex(({ id }) => id === active),
  );
  const chosen = found[at];
  const marked = useRef<HTMLLIElement>(null);
  // The arrow keys go on beyond what is seen, and what is found later moves what is marked there.
  useEffect(() => {
    // Newer browsers answer a promise, which an effect must not.
    marked.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id, at]);
  const run = (command: Runnable | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  return (
    <Dialog title="Go to" onClose={onClose}>
      <input
        role="combobox"
        aria-label="Search places, tenants and actions"
        aria-autocomplete="list"
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
          setActive(null);
        }}
        onKeyDown={(event) => {
          const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (by !== undefined) {
            event.preventDefault();
            setActive(found.at((at + by) % Math.max(1, found.length))?.id ?? null);
          } else if (event.key === 'Enter') run(chosen);
        }}
      />
      <ul id={list} role="listbox" aria-label="Found" className="mt-3 max-h-80 overflow-y-auto">
        {found.map((command) => (
          <li
            key={command.id}
            ref={command === chosen ? marked : undefined}
            id={`${list}-${command.id}`}
            role="option"
            aria-selected={command === chosen}
            onClick={() => run(command)}
            onPointerMove={() => setActive(command.id)}
            className={`flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 ${command === chosen ? 'bg-accent-soft shadow-[inset_3px_0_0_var(--color-accent)]' : ''}`}
          >
            <Icon name={command.icon} size={14} />
            <span className="truncate">{command.name}</span>
            <span className="ml-auto truncate text-xs text-dim">{command.hint}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p role="status" className="py-4 text-center text-sm text-dim">
          {searching ? 'Searching…' : `Nothing is called “${query}”.`}
        </p>
      )}
      {me !== undefined && (
        <p className="mt-3 border-t border-line pt-3 text-xs text-dim">
          Signed in as {me.user.name}, {me.role ?? 'no role yet'}
        </p>
      )}
    </Dialog>
  );
}
