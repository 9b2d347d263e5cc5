import type { ReactNode } from 'react';
import { Title } from '../../parts/title.tsx';

/** The frame of the pages for somebody who is not signed in. */
export function Door({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <p className="mb-6 flex items-center gap-2 font-semibold tracking-tight">
          <img src="/mark.svg" alt="" width="24" height="24" /> Tenantry
        </p>
        <Title>{title}</Title>
        <div className="mt-4">{children}</div>
      </div>
    </main>
  );
}
