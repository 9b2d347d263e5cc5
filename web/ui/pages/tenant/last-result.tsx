import type { TenantDetail } from '../../../api/models/tenant.ts';
import { CommitId } from '../../parts/commit-line.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';

/** What stands in the way: refusals, a quarantined build, the error of the last attempt. */
export function LastResult({ detail }: { readonly detail: TenantDetail }) {
  const { status } = detail;
  if (status === null) return null;
  const { quarantine, lastResult } = status;
  // What the heading says already is not said twice.
  const refusals = status.refusals.filter(({ message }) => message !== detail.summary.reason);
  const error = lastResult?.error ?? null;
  if (refusals.length === 0 && quarantine === null && error === null) return null;
  return (
    <div className="space-y-2">
      {quarantine !== null && (
        <Note tone="bad" title="This build was taken back">
          {quarantine.reason}. The old container serves; it is not tried again until Git changes (
          <CommitId oid={quarantine.revision} />, <Ago at={quarantine.at} />
          ).
        </Note>
      )}
      {refusals.map(({ reason, message }) => (
        <Note key={reason} tone="warn" title="Not done">
          <Prose text={message} />
        </Note>
      ))}
      {error !== null && lastResult !== null && (
        <Note
          tone="bad"
          title={lastResult.outcome === 'rolled-back' ? 'Rolled back' : 'The last attempt failed'}
        >
          <Prose text={error.message} />{' '}
          <span className="text-dim">
            (<Ago at={lastResult.at} />;{' '}
            {error.retry === 'backoff' ? 'the node tries again by itself' : 'it waits for a commit'})
          </span>
        </Note>
      )}
    </div>
  );
}

function Note({
  tone,
  title,
  children,
}: {
  readonly tone: 'bad' | 'warn';
  readonly title: string;
  readonly children: React.ReactNode;
}) {
  return (
    <p className={`rounded-md px-3 py-2 text-sm ${tone === 'bad' ? 'bg-bad-soft' : 'bg-warn-soft'}`}>
      <span className={`font-medium ${tone === 'bad' ? 'text-bad' : 'text-warn'}`}>{title}: </span>
      {children}
    </p>
  );
}
