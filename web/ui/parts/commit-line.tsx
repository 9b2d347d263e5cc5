import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CommitRef } from '../../api/models/common.ts';
import { commitQuery } from '../data/queries.ts';
import { shortId } from '../words/progress.ts';
import { Ago } from './time.tsx';

/** Id of a commit, leading to what it did. */
export function CommitId({ oid }: { readonly oid: string }) {
  return (
    <Link
      to="/history/$oid"
      params={{ oid }}
      title={oid}
      className="rounded-sm font-mono text-[0.92em] text-accent hover:underline"
    >
      {shortId(oid)}
    </Link>
  );
}

/** A revision that a state names by its id alone, with whose it is and what it says as soon as that is read. */
export function Revision({ oid }: { readonly oid: string }) {
  // One that is older than what is followed is told by its id alone.
  const { data } = useQuery({ ...commitQuery(oid), retry: false });
  return data === undefined ? <CommitId oid={oid} /> : <CommitLine commit={data.commit} />;
}

/** A commit as every state names it: id, subject, author, when. */
export function CommitLine({ commit }: { readonly commit: CommitRef }) {
  return (
    <span className="inline-flex max-w-full min-w-0 flex-wrap items-baseline gap-x-2">
      <CommitId oid={commit.oid} />
      <span className="min-w-0 truncate">{commit.subject}</span>
      <span className="text-xs whitespace-nowrap text-dim" title={commit.author.email}>
        {commit.author.name}, <Ago at={commit.at} />
      </span>
    </span>
  );
}
