import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { filesQuery, meQuery } from '../../data/queries.ts';
import { NewFileDialog } from '../../form/new-file-dialog.tsx';
import { useDrafts } from '../../form/use-draft.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/states.tsx';
import { Title } from '../../parts/title.tsx';

/** Prompts and skills that several tenants share. */
export function LibraryPage() {
  return (
    <div className="space-y-5">
      <Title>Library</Title>
      <p className="text-sm text-dim">
        Shared by every tenant that names them in its file: one edit reaches all of them, and its plan says
        which.
      </p>
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Shared kind="prompts" title="Prompts" />
        <Shared kind="skills" title="Skills" />
      </div>
    </div>
  );
}

function Shared({ kind, title }: { readonly kind: 'prompts' | 'skills'; readonly title: string }) {
  const folder = `/v1/library/${kind}`;
  const query = useQuery(filesQuery(folder));
  const { data: me } = useQuery(meQuery);
  const drafts = useDrafts();
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const taken = query.data?.items.map(({ name }) => name) ?? [];
  const begun = drafts.begunBelow(folder, taken);
  const mayAdd = me?.may.includes('library') === true && query.data !== undefined;
  return (
    <Panel
      title={title}
      flush
      aside={
        mayAdd && (
          <Button small icon="plus" onClick={() => setAdding(true)}>
            Add {kind === 'prompts' ? 'prompt' : 'skill'}
          </Button>
        )
      }
    >
      <Loaded query={query} what={`the shared ${kind}`}>
        {({ items }) => (
          <>
            {items.length === 0 && begun.length === 0 && (
              <Empty title="None yet">
                Add one, then name it under <code>spec.library</code> of a tenant.
              </Empty>
            )}
            <ul className="divide-y divide-line">
              {begun.map((name) => (
                <Row key={`begun ${name}`} kind={kind} name={name}>
                  <span className="text-warn">begun, not committed</span>
                </Row>
              ))}
              {items.map(({ name, path }) => (
                <Row key={path} kind={kind} name={name}>
                  <span className="truncate font-mono text-xs text-dim max-sm:hidden">{path}</span>
                </Row>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      {adding && (
        <NewFileDialog
          kind={kind}
          folder={folder}
          base={query.data?.base ?? ''}
          taken={taken}
          onClose={() => setAdding(false)}
          onBegun={(name) => void navigate({ to: '/library/$kind/$name', params: { kind, name } })}
        />
      )}
    </Panel>
  );
}

function Row({
  kind,
  name,
  children,
}: {
  readonly kind: string;
  readonly name: string;
  readonly children: ReactNode;
}) {
  return (
    <li className="relative flex items-baseline justify-between gap-3 px-4 py-2 text-sm hover:bg-raised">
      <Link
        to="/library/$kind/$name"
        params={{ kind, name }}
        className="font-medium after:absolute after:inset-0"
      >
        {name}
      </Link>
      {children}
    </li>
  );
}
