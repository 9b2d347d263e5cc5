import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { meQuery } from '../data/queries.ts';
import { Icon } from '../parts/icon.tsx';
import { announce } from './announcer.tsx';
import { signOut } from './sign-out.ts';
import { chooseTheme, chosenTheme, type Theme, themes } from './theme.ts';

const themeNames: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };
const item =
  'flex h-8 cursor-default items-center gap-2 rounded px-2 text-sm outline-none data-highlighted:bg-raised';

/** Who is signed in, the theme, and the way out. */
export function UserMenu() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const [theme, setTheme] = useState(chosenTheme);
  const [failed, setFailed] = useState(false);
  if (me === undefined) return null;
  const leave = () => {
    setFailed(false);
    void signOut(client).catch(() => {
      setFailed(true);
      announce('Signing out failed; try again');
    });
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="mt-2 flex items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-raised">
        <span
          aria-hidden="true"
          className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
        >
          {(me.user.name[0] ?? '?').toUpperCase()}
        </span>
        <span className="min-w-0">
          <span className="block truncate text-sm">{me.user.name}</span>
          <span className="block truncate text-xs text-dim">{me.role ?? 'no role yet'}</span>
        </span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="panel z-30 min-w-48 p-1 shadow-lg"
        >
          <DropdownMenu.Label className="label px-2 py-1">{me.user.email}</DropdownMenu.Label>
          <DropdownMenu.Item className={item} onSelect={() => void navigate({ to: '/account' })}>
            <Icon name="access" size={14} /> Your account
          </DropdownMenu.Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="label px-2 py-1">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={theme}
            onValueChange={(value) => {
              const chosen = themes.find((one) => one === value) ?? 'system';
              chooseTheme(chosen);
              setTheme(chosen);
            }}
          >
            {themes.map((one) => (
              <DropdownMenu.RadioItem key={one} value={one} className={item}>
                <span className="w-4">
                  <DropdownMenu.ItemIndicator>
                    <Icon name="check" size={14} />
                  </DropdownMenu.ItemIndicator>
                </span>
                {themeNames[one]}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item className={item} onSelect={leave}>
            <Icon name="leave" size={14} /> Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
      {failed && <p className="px-2 pt-1 text-xs text-bad">Signing out failed: you are still signed in.</p>}
    </DropdownMenu.Root>
  );
}
