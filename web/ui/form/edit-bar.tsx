import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { announce } from '../app/announcer.tsx';
import { useEdits } from '../edit/edits.tsx';
import { preview } from '../edit/request.ts';
import { Button } from '../parts/button.tsx';
import { Prose } from '../parts/prose.tsx';
import { planSentence } from '../words/plan.ts';
import { locatedProblems } from '../words/problem.ts';
import { count } from '../words/value.ts';
import type { CheckedProblem } from './check.ts';
import type { Draft } from './drafts.ts';

interface EditBarProps {
  readonly address: string;
  readonly draft: Draft;
  readonly problems: readonly CheckedProblem[];
  /** Git has another text by now than this edit began from. */
  readonly newer: boolean;
  /** A change was given up a moment ago, and can be had again. */
  readonly discarded: boolean;
  readonly onReview: () => void;
  readonly onDiscard: () => void;
  readonly onBringBack: () => void;
}

/** The server is asked for a plan once the typing rests. */
const REST = 700;

/** What a change would do, told while it is made; and the way to its commit. */
export function EditBar(props: EditBarProps) {
  const { address, draft, problems, newer, discarded, onReview, onDiscard, onBringBack } = props;
  const { stackOn, reviewing } = useEdits();
  const changed = draft.text !== draft.original;
  const rested = useRested(draft.text, REST);
  const ahead = useQuery({
    queryKey: ['preview', 'PUT', address, rested, draft.base],
    queryFn: () =>
      preview({ title: '', method: 'PUT', path: address, body: { text: rested }, base: draft.base }),
    // Asked beside a review, it could meet the commit that comes of it, and be told of a conflict with that.
    enabled: changed && !reviewing && problems.length === 0 && rested === draft.text,
    gcTime: 0,
    retry: false,
  });
  const found = locatedProblems(ahead.data?.problems).filter(({ severity }) => severity === 'error');
  const [first] = [...problems, ...found];
  const total = problems.length + found.length;
  // What came out is spoken once the typing rests, and only when it is something else than before.
  const outcome =
    first !== undefined
      ? `${count(total, 'problem')}: line ${first.line}, ${first.message}`
      : ahead.data === undefined
        ? (ahead.error?.message ?? '')
        : planSentence(ahead.data.plan);
  const settled = useRested(changed ? outcome : '', REST);
  useEffect(() => {
    if (settled !== '') announce(settled);
  }, [settled]);
  if (!changed && !discarded) return null;
  return (
    <div className="pointer-events-none sticky bottom-3 z-[5] max-md:bottom-16">
      <div ref={stackOn} />
      <div className="panel pointer-events-auto flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5 shadow-lg">
        <p className="min-w-0 flex-1 basis-64 text-sm">
          {!changed ? (
            <span className="text-dim">Your change was discarded.</span>
          ) : first !== undefined ? (
            <span>
              <span className="font-medium text-bad">{count(total, 'problem')}: </span>
              line {first.line}, <Prose text={first.message} />
            </span>
          ) : ahead.data !== undefined ? (
            planSentence(ahead.data.plan)
          ) : ahead.isError ? (
            <span className="text-warn">{ahead.error.message}</span>
          ) : (
            <span className="text-dim">Making the plan…</span>
          )}
          {newer && (
            <span className="block text-xs text-warn">
              Git has a newer text by now; where both changed the same, you see both before anything is
              committed.
            </span>
          )}
        </p>
        {changed ? (
          <div className="flex gap-2">
            <Button look="quiet" onClick={onDiscard}>
              Discard
            </Button>
            <Button look="primary" disabled={total > 0} onClick={onReview}>
              Review change
            </Button>
          </div>
        ) : (
          <Button onClick={onBringBack}>Bring it back</Button>
        )}
      </div>
    </div>
  );
}

function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
