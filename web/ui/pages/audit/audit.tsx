import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditPage as Entries } from '../../../api/models/platform.ts';
import { auditQuery } from '../../data/queries.ts';
import { CommitId } from '../../parts/commit-line.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';
import { VirtualRows } from '../../parts/virtual-rows.tsx';
import type { Filtered } from '../../words/address.ts';
import { type AuditFilter, changeAuditFilter } from '../../words/audit-filter.ts';
import { AuditFilterBar } from './audit-filter-bar.tsx';

type Entry = Entries['items'][number];

const tones: Readonly<Record<Entry['outcome'], string>> = {
  done: 'text-dim',
  refused: 'text-bad',
  failed: 'text-warn',
};

const columns =
  'grid gap-x-3 px-4 grid-cols-[4.5rem_minmax(0,1fr)] md:grid-cols-[5rem_minmax(0,1fr)_minmax(0,1.2fr)_minmax(0,1.2fr)] lg:grid-cols-[5rem_minmax(0,1fr)_minmax(0,1.2fr)_minmax(0,1.4fr)_minmax(0,0.8fr)]';

/** Every sign-in, change and refusal: who, what, from where, which commit. The filter is the address. */
export function AuditPage() {
  const filter: AuditFilter = useSearch({ from: '/inside/audit' });
  const navigate = useNavigate();
  const query = useInfiniteQuery(auditQuery(filter));
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const change = (next: Filtered<AuditFilter>) =>
    void navigate({ to: '/audit', search: changeAuditFilter(filter, next), replace: true });
  return (
    <div className="space-y-4">
      <Title>Audit</Title>
      <AuditFilterBar
        filter={filter}
        actions={query.data?.pages[0]?.actions ?? []}
        people={seen(entries.map(({ who }) => who))}
        targets={seen(entries.map(({ target }) => target))}
        onChange={change}
      />
      {query.isError && (
        <Problem error={query.error} where="The audit could not be read" retry={() => void query.refetch()} />
      )}
      {query.isPending && (
        <div className="panel">
          <Waiting label="Reading the audit" lines={8} />
        </div>
      )}
      {query.data !== undefined && entries.length === 0 && (
        <div className="panel">
          <Empty title={Object.keys(filter).length === 0 ? 'Nothing yet' : 'Nothing fits'}>
            Sign-ins, changes and refusals are kept here.
          </Empty>
        </div>
      )}
      {entries.length > 0 && (
        <VirtualRows
          label="Entries, newest first"
          items={entries}
          keyOf={({ id }) => id}
          total={query.hasNextPage ? null : entries.length}
          query={query}
          columns={columns}
          height={38}
          wraps
          head={
            <>
              <Head>When</Head>
              <Head>Who</Head>
              <Head className="max-md:hidden">What</Head>
              <Head className="max-md:hidden">Outcome</Head>
              <Head className="max-lg:hidden">From</Head>
            </>
          }
          foot={<More query={query} />}
        >
          {(entry) => <Cells entry={entry} onFilter={change} />}
        </VirtualRows>
      )}
    </div>
  );
}

/** Names that were seen, each once, to choose from. */
const seen = (names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== '').slice(0, 50);

function Head({ children, className = '' }: { readonly children: string; readonly className?: string }) {
  return (
    <span role="columnheader" className={className}>
      {children}
    </span>
  );
}

function Cells({
  entry,
  onFilter,
}: {
  readonly entry: Entry;
  readonly onFilter: (change: Filtered<AuditFilter>) => void;
}) {
  const { at, who, action, target, outcome, reason, from, commit } = entry;
  // An address says nothing of what was done, and who signs in is said already.
  const tells = target !== who && !(outcome === 'done' && target.startsWith('/'));
  const by = (key: keyof AuditFilter, value: string, className = '') => (
    <button
      type="button"
      title={`Show only this: ${value}`}
      onClick={() => onFilter({ [key]: value })}
      className={`max-w-full rounded-sm text-left hover:text-accent hover:underline ${className}`}
    >
      {value}
    </button>
  );
  return (
    <>
      <span role="cell" className="pt-2 text-xs text-dim md:pb-2">
        <Ago at={at} />
      </span>
      <span role="cell" className="min-w-0 pt-2 md:pb-2">
        {by('who', who)}
      </span>
      <span role="cell" className="min-w-0 max-md:col-start-2 md:py-2">
        {by('action', action, 'font-mono text-xs')} {tells && by('target', target)}{' '}
        {commit !== null && <CommitId oid={commit} />}
      </span>
      <span role="cell" className={`min-w-0 pb-2 max-md:col-start-2 md:pt-2 ${tones[outcome]}`}>
        {outcome}
        {reason !== '' && <span className="block text-xs text-dim">{reason}</span>}
      </span>
      <span role="cell" className="truncate py-2 text-xs text-dim max-lg:hidden" title={from}>
        {from}
      </span>
    </>
  );
}
