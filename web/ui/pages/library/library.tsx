import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { filesQuery } from '../../data/queries.ts';
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
  const query = useQuery(filesQuery(`/v1/library/${kind}`));
  return (
    <Panel title={title} flush>
      <Loaded query={query} what={`the shared ${kind}`}>
        {({ items }) => (
          <>
            {items.length === 0 && (
              <Empty title="None yet">
                Push <code>library/{kind}/NAME.yaml</code>, then name it under <code>spec.library</code> of a
                tenant.
              </Empty>
            )}
            <ul className="divide-y divide-line">
              {items.map(({ name, path }) => (
                <li
                  key={path}
                  className="relative flex items-baseline justify-between gap-3 px-4 py-2 text-sm hover:bg-raised"
                >
                  <Link
                    to="/library/$kind/$name"
                    params={{ kind, name }}
                    className="font-medium after:absolute after:inset-0"
                  >
                    {name}
                  </Link>
                  <span className="truncate font-mono text-xs text-dim max-sm:hidden">{path}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  );
}
