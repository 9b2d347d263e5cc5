import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNow } from '../data/clock.ts';
import { ApiError } from '../data/http.ts';
import { explainProblem, locatedProblems } from '../words/problem.ts';
import { lasting, STALE_AFTER } from '../words/time.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { Prose } from './prose.tsx';

/** An empty place that teaches the first step. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="px-4 py-8 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="mx-auto mt-1 max-w-prose text-sm text-dim">{children}</div>}
    </div>
  );
}

/** What went wrong, where, and what to do. */
export function Problem({
  error,
  where,
  retry,
}: {
  readonly error: unknown;
  readonly where: string;
  readonly retry?: () => void;
}) {
  const problem =
    error instanceof ApiError ? error.problem : { status: 500, title: String(error), detail: '' };
  const { what, todo } = explainProblem(problem);
  const located = error instanceof ApiError ? locatedProblems(error.problem.problems) : [];
  return (
    <div role="alert" className="flex gap-2 rounded-md bg-bad-soft px-3 py-2 text-sm">
      <span className="pt-0.5 text-bad">
        <Icon name="warn" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {where}: {what}
        </p>
        <p className="text-dim">{todo}</p>
        {located.length > 0 && <ProblemList problems={located} />}
      </div>
      {retry !== undefined && (
        <Button small onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Problems of files, each with its place. */
export function ProblemList({ problems }: { readonly problems: ReturnType<typeof locatedProblems> }) {
  return (
    <ul className="mt-1 space-y-1">
      {problems.map(({ path, line, column, message, severity }) => (
        <li key={`${path}:${line}:${column}:${message}`} className="text-sm">
          <span className="font-mono text-xs text-dim">
            {path}:{line}:{column}
          </span>{' '}
          {severity === 'warning' && 'Warning: '}
          <Prose text={message} />
        </li>
      ))}
    </ul>
  );
}

/** Grey lines where content will be, of the height it will have, so that nothing jumps. */
export function Waiting({ lines = 4, label }: { readonly lines?: number; readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-3 px-4 py-4">
      {Array.from({ length: lines }, (_, index) => (
        <div key={index} className="bar-busy h-4 rounded bg-raised" />
      ))}
    </div>
  );
}

/** Shows what a query has, or why it has nothing. What is there stays, also when it cannot be read again. */
export function Loaded<T>({
  query,
  what,
  lines,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <Problem
            error={query.error}
            where={`${what} could not be read again`}
            retry={() => void query.refetch()}
          />
        )}
        {children(query.data)}
      </>
    );
  }
  if (query.isError)
    return (
      <Problem error={query.error} where={`${what} could not be read`} retry={() => void query.refetch()} />
    );
  return <Waiting label={`Reading ${what}`} {...(lines === undefined ? {} : { lines })} />;
}

/** Says how old something is, once it is old enough to mislead. */
export function Stale({ at, why }: { readonly at: number | null; readonly why: string }) {
  const now = useNow();
  if (at !== null && now - at < STALE_AFTER && why === '') return null;
  return (
    <p className="rounded-md bg-warn-soft px-3 py-2 text-sm">
      <span className="font-medium text-warn">
        {at === null ? 'Nothing is known yet' : `As of ${lasting(Math.max(0, now - at))} ago`}
      </span>
      {why === '' ? '' : `: ${why}`}
    </p>
  );
}
