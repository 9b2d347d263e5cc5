import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditPage as Entries } from '../../../api/models/platform.ts';
import { auditQuery } from '../../data/queries.ts';
import { CommitId } from '../../parts/commit-line.tsx';
import { More } from '../../parts/more.tsx';
import { Empty, Problem, Waiting } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Title } from '../../parts/title.tsx';

type Entry = Entries['items'][number];

const tones: Readonly<Record<Entry['outcome'], string>> = {
  done: 'text-dim',
  refused: 'text-bad',
  failed: 'text-warn',
};

/** Every sign-in, change and refusal: who, what, from where, which commit. */
export function AuditPage() {
  const [who, setWho] = useState('');
  const [asked, setAsked] = useState('');
  const query = useInfiniteQuery(auditQuery(asked === '' ? {} : { who: asked }));
  const entries = query.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className="space-y-4">
      <Title>Audit</Title>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(who.trim());
        }}
      >
        <input
          type="search"
          data-search
          aria-label="Search by person"
          placeholder="Person, then Enter   /"
          value={who}
          onChange={({ target }) => setWho(target.value)}
          className="control w-full max-w-sm"
        />
      </form>
      <section aria-label="Entries" className="panel overflow-x-auto">
        {query.isPending && <Waiting label="Reading the audit" lines={8} />}
        {query.isError && (
          <Problem
            error={query.error}
            where="The audit could not be read"
            retry={() => void query.refetch()}
          />
        )}
        {query.data !== undefined && entries.length === 0 && (
          <Empty title={asked === '' ? 'Nothing yet' : `Nothing by ${asked}`}>
            Sign-ins, changes and refusals are kept here.
          </Empty>
        )}
        {entries.length > 0 && (
          <table className="w-full text-left text-sm">
            <thead className="border-b border-line text-xs text-dim">
              <tr>
                <th scope="col" className="px-4 py-2 font-normal">
                  When
                </th>
                <th scope="col" className="px-2 py-2 font-normal">
                  Who
                </th>
                <th scope="col" className="px-2 py-2 font-normal">
                  What
                </th>
                <th scope="col" className="px-2 py-2 font-normal">
                  Outcome
                </th>
                <th scope="col" className="px-4 py-2 font-normal max-md:hidden">
                  From
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} />
              ))}
            </tbody>
          </table>
        )}
        <More query={query} />
      </section>
    </div>
  );
}

function Row({ entry }: { readonly entry: Entry }) {
  const { at, who, action, target, outcome, reason, from, commit } = entry;
  return (
    <tr className="align-baseline">
      <td className="px-4 py-2 text-xs text-dim">
        <Ago at={at} />
      </td>
      <td className="px-2 py-2">{who}</td>
      <td className="px-2 py-2">
        <code className="text-xs">{action}</code> {target} {commit !== null && <CommitId oid={commit} />}
      </td>
      <td className={`px-2 py-2 ${tones[outcome]}`}>
        {outcome}
        {reason !== '' && <span className="block text-xs text-dim">{reason}</span>}
      </td>
      <td className="max-w-56 truncate px-4 py-2 text-xs text-dim max-md:hidden" title={from}>
        {from}
      </td>
    </tr>
  );
}
