import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery, overviewQuery } from '../data/queries.ts';
import { Icon } from '../parts/icon.tsx';
import { paletteKey } from './keys.ts';
import { type Place, placesFor } from './places.ts';
import { UserMenu } from './user-menu.tsx';

function usePlaces(): readonly Place[] {
  const { data: me } = useQuery(meQuery);
  return me === undefined || me.role === null ? [] : placesFor(me.may);
}

/** How many things wait for a person, where the way to them begins. */
function Waiting({ className }: { readonly className: string }) {
  const { data } = useQuery(overviewQuery);
  const waiting = data?.waiting ?? 0;
  if (waiting === 0) return null;
  return (
    <span
      className={`rounded-full bg-bad-soft px-1.5 text-xs font-medium text-bad ${className}`}
      title={`${waiting} need attention`}
    >
      {waiting.toLocaleString('en')}
      <span className="sr-only"> need attention</span>
    </span>
  );
}

export function SideBar({ onSearch }: { readonly onSearch: () => void }) {
  const places = usePlaces();
  return (
    <header className="sticky top-0 hidden h-dvh flex-col border-r border-line px-3 py-4 md:flex">
      <Link to="/" className="mb-4 flex items-center gap-2 px-2 font-semibold tracking-tight">
        <img src="/mark.svg" alt="" width="20" height="20" /> Tenantry
      </Link>
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts={paletteKey.aria}
        className="control mb-4 flex items-center gap-2 text-dim hover:bg-raised"
      >
        <Icon name="search" size={14} /> Search
        <kbd className="ml-auto rounded border border-line px-1 text-[0.7rem]">{paletteKey.shown}</kbd>
      </button>
      <nav aria-label="Pages" className="flex-1 space-y-0.5 overflow-y-auto">
        {places.map(({ to, name, icon, asks }) => (
          <Link
            key={to}
            to={to}
            title={asks}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            className="flex h-8 items-center gap-2.5 rounded-md px-2 text-dim hover:bg-raised hover:text-ink"
            activeProps={{ className: 'bg-raised !text-ink font-medium' }}
          >
            <Icon name={icon} /> {name}
            {to === '/' && <Waiting className="ml-auto" />}
          </Link>
        ))}
      </nav>
      <UserMenu />
    </header>
  );
}

/** On a narrow screen the first four places lie below, and the palette has the rest. */
export function BottomBar({ onMore }: { readonly onMore: () => void }) {
  const places = usePlaces();
  const look = 'relative flex flex-1 flex-col items-center gap-0.5 py-2 text-[0.6875rem] text-dim';
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-10 flex border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places.slice(0, 4).map(({ to, name, icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className={look}
          activeProps={{ className: '!text-accent font-medium' }}
        >
          <span className="relative">
            <Icon name={icon} size={18} />
            {to === '/' && <Waiting className="absolute -top-1 left-full" />}
          </span>
          {name}
        </Link>
      ))}
      <button type="button" onClick={onMore} className={look}>
        <Icon name="more" size={18} /> More
      </button>
    </nav>
  );
}
