import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { filesQuery } from '../../data/queries.ts';
import { NewFileDialog } from '../../form/new-file-dialog.tsx';
import { useDrafts } from '../../form/use-draft.ts';
import { Button } from '../../parts/button.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { useTenant } from './use-tenant.ts';

const teaches = {
  prompts: 'A prompt is a text that the runtime reads. A change reaches it in seconds, without a restart.',
  skills:
    'A skill says when the runtime should do something, and what. A change reaches it without a restart.',
} as const;

/** The prompts or skills of a tenant: its own, and those of the library that it names. */
export function FileIndex({ kind }: { readonly kind: 'prompts' | 'skills' }) {
  const { summary, revision, may } = useTenant();
  const drafts = useDrafts();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const address = `/v1/tenants/${encodeURIComponent(summary.name)}/${kind}`;
  const query = useQuery(filesQuery(address));
  const one = kind === 'prompts' ? 'prompt' : 'skill';
  const own = query.data?.items.filter(({ shared }) => !shared).map(({ name }) => name) ?? [];
  const begun = drafts.begunBelow(address, own);
  const addButton = may.includes(kind) && (
    <Button icon="plus" onClick={() => setAdding(true)}>
      Add {one}
    </Button>
  );
  const ownLink = (name: string) => (
    <Link
      to={`/tenants/$tenant/${kind}/$name`}
      params={{ tenant: summary.name, name }}
      className="font-medium after:absolute after:inset-0"
    >
      {name}
    </Link>
  );
  return (
    <section aria-label={kind} className="panel">
      <Loaded query={query} what={`the ${kind}`}>
        {({ items }) => (
          <>
            <div className="flex justify-end border-b border-line px-4 py-2">{addButton}</div>
            {items.length === 0 && begun.length === 0 && (
              <Empty title={`No ${kind} yet`}>{teaches[kind]}</Empty>
            )}
            <ul className="divide-y divide-line">
              {begun.map((name) => (
                <li key={`begun ${name}`} className="relative flex gap-x-3 px-4 py-2 text-sm hover:bg-raised">
                  {ownLink(name)}
                  <span className="text-warn">begun, not committed</span>
                </li>
              ))}
              {items.map(({ name, path, shared, value }) => (
                <li
                  key={path}
                  className="relative flex flex-wrap items-baseline gap-x-3 px-4 py-2 text-sm hover:bg-raised"
                >
                  {shared ? (
                    <Link
                      to="/library/$kind/$name"
                      params={{ kind, name }}
                      className="font-medium after:absolute after:inset-0"
                    >
                      {name}
                    </Link>
                  ) : (
                    ownLink(name)
                  )}
                  <span className="min-w-0 flex-1 basis-52 truncate text-dim">{describe(value)}</span>
                  <span className="text-xs text-dim">{shared ? 'from the library' : ''}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {adding && (
        <NewFileDialog
          kind={kind}
          folder={address}
          base={query.data?.base ?? revision}
          taken={own}
          onClose={() => setAdding(false)}
          onBegun={(name) =>
            void navigate({ to: `/tenants/$tenant/${kind}/$name`, params: { tenant: summary.name, name } })
          }
        />
      )}
    </section>
  );
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('spec' in value)) return '';
  const { spec } = value;
  return typeof spec === 'object' &&
    spec !== null &&
    'description' in spec &&
    typeof spec.description === 'string'
    ? spec.description
    : '';
}
