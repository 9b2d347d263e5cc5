import { Link } from '@tanstack/react-router';
import type { CommitRef } from '../../api/models/common.ts';
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
