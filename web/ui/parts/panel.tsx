import { type ReactNode, useId } from 'react';

/** A part of a page with its heading. */
export function Panel({
  title,
  aside,
  children,
  flush = false,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly flush?: boolean;
}) {
  const heading = useId();
  return (
    <section aria-labelledby={heading} className="panel min-w-0">
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id={heading} className="text-sm font-semibold">
          {title}
        </h2>
        {aside}
      </header>
      <div className={flush ? '' : 'px-4 py-3'}>{children}</div>
    </section>
  );
}
