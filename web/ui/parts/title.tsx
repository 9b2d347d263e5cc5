import { type ReactNode, useEffect } from 'react';
import { arrived } from '../app/arrival.ts';

/** The heading of a page; it is the title of the tab too. */
export function Title({
  children,
  tab,
  aside,
}: {
  readonly children: ReactNode;
  readonly tab?: string;
  readonly aside?: ReactNode;
}) {
  const said = tab ?? (typeof children === 'string' ? children : '');
  useEffect(() => {
    document.title = said === '' ? 'Tenantry' : `${said} · Tenantry`;
    arrived(said);
  }, [said]);
  return (
    <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h1 className="min-w-0 text-lg font-semibold tracking-tight">{children}</h1>
      {aside !== undefined && <div className="flex flex-wrap items-center gap-2">{aside}</div>}
    </div>
  );
}
