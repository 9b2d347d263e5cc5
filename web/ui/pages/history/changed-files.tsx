import { useQuery } from '@tanstack/react-query';
import type { CommitFile, CommitFiles } from '../../../api/models/edit.ts';
import { get } from '../../data/http.ts';
import { DiffView } from '../../parts/diff-view.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/states.tsx';
import { count } from '../../words/value.ts';

/** Files whose differences are open at once; of more, each is opened by who wants to see it. */
const OPEN = 5;

/** What a commit changed, file by file, as far as the reader may see it. */
export function ChangedFiles({ oid }: { readonly oid: string }) {
  const query = useQuery({
    queryKey: ['commit', oid, 'files'],
    queryFn: ({ signal }) => get<CommitFiles>(`/v1/commits/${encodeURIComponent(oid)}/files`, signal),
  });
  return (
    <Panel title="What changed">
      <Loaded query={query} what="what it changed">
        {({ items, total }) => (
          <div className="space-y-3">
            {total === 0 && <p className="text-sm text-dim">It changed no file that you may see.</p>}
            {items.map((file) => (
              <Changed key={file.path} file={file} open={items.length <= OPEN} />
            ))}
            {total > items.length && (
              <p className="text-sm text-dim">
                … and {count(total - items.length, 'more file')}; a clone shows them all.
              </p>
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

const unseen: Readonly<Record<NonNullable<CommitFile['without']>, string>> = {
  secret: 'encrypted values; they are not shown',
  'too-long': 'too long to be shown; a clone has it',
};

function Changed({ file, open }: { readonly file: CommitFile; readonly open: boolean }) {
  const { path, kind, before, after, without } = file;
  if (without !== null) {
    return (
      <p className="panel flex flex-wrap justify-between gap-x-3 px-3 py-1.5 text-xs">
        <span className="font-mono">{path}</span>
        <span className="text-dim">
          {kind}: {unseen[without]}
        </span>
      </p>
    );
  }
  const difference = <DiffView path={path} before={before} after={after} />;
  if (open) return difference;
  return (
    <details>
      <summary className="font-mono text-xs">
        {path} <span className="font-sans text-dim">{kind}</span>
      </summary>
      <div className="mt-1">{difference}</div>
    </details>
  );
}
