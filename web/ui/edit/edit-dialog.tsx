import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Preview } from '../../api/models/edit.ts';
import { announce } from '../app/announcer.tsx';
import { ApiError } from '../data/http.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { DiffView } from '../parts/diff-view.tsx';
import { Problem, ProblemList, Waiting } from '../parts/states.tsx';
import { locatedProblems } from '../words/problem.ts';
import { shortId } from '../words/progress.ts';
import { Done } from './accepted.tsx';
import { ConflictView } from './conflict-view.tsx';
import { PlanPanel } from './plan-panel.tsx';
import { bodyOf, type Conflict, commit, type EditRequest, preview, rebased } from './request.ts';

export interface EditDialogProps {
  readonly request: EditRequest;
  readonly onClose: () => void;
  readonly onFollow: (oid: string) => void;
}

function conflictOf(error: unknown): Conflict | null {
  return error instanceof ApiError ? (error.problem.conflict ?? null) : null;
}

/** What an edit will do, then its commit. After a conflict it begins again from the newer revision. */
export function EditDialog({ request: first, onClose, onFollow }: EditDialogProps) {
  const client = useQueryClient();
  const [request, setRequest] = useState(first);
  const ahead = useQuery({
    // Its own question: what the editor was told while somebody typed may be old by now.
    queryKey: ['review', request.method, request.path, bodyOf(request)],
    queryFn: () => preview(request),
    gcTime: 0,
    retry: false,
  });
  const making = useMutation({
    mutationFn: (propose: boolean) => commit(request, propose),
    onSuccess: (accepted) => {
      announce(
        accepted.commit === null ? 'Nothing had to be changed' : `Committed ${shortId(accepted.commit)}`,
      );
      if (accepted.commit !== null && accepted.proposal === null) onFollow(accepted.commit);
      if (accepted.proposal === null) {
        if (request.leads === true) onClose();
        request.onAccepted?.(accepted, request);
      }
      void client.invalidateQueries({ queryKey: ['overview'] });
      void client.invalidateQueries({ queryKey: ['history'] });
      void client.invalidateQueries({ queryKey: ['files'] });
      void client.invalidateQueries({ queryKey: ['file'] });
      // The next edit of a tenant begins from this commit, or it would be in conflict with it.
      void client.invalidateQueries({
        queryKey: ['tenant'],
        predicate: ({ queryKey }) => queryKey.at(-1) === 'status',
      });
    },
    onError: (error) => {
      // What is behind the dialog is older than what the server knows.
      if (error instanceof ApiError && error.problem.code.startsWith('drift/'))
        void client.invalidateQueries({ queryKey: ['tenant'] });
    },
  });
  const conflict = conflictOf(making.error) ?? conflictOf(ahead.error);
  if (making.data !== undefined)
    return <Done accepted={making.data} title={request.title} onClose={onClose} />;
  if (conflict !== null) {
    return (
      <ConflictView
        request={request}
        conflict={conflict}
        onClose={onClose}
        onYield={() => {
          request.onYielded?.(conflict);
          onClose();
        }}
        onAgain={(merged) => {
          making.reset();
          setRequest(rebased(request, conflict, merged));
        }}
      />
    );
  }
  return (
    <Dialog
      wide
      title={request.title}
      onClose={onClose}
      footer={<Decision request={request} ahead={ahead.data} making={making} onClose={onClose} />}
    >
      {ahead.isPending && <Waiting label="Making the plan" />}
      {ahead.isError && (
        <Problem error={ahead.error} where="No plan could be made" retry={() => void ahead.refetch()} />
      )}
      {making.isError && <Problem error={making.error} where="Not committed" />}
      {ahead.data !== undefined && <PreviewBody preview={ahead.data} />}
    </Dialog>
  );
}

function PreviewBody({ preview }: { readonly preview: Preview }) {
  const problems = locatedProblems(preview.problems);
  return (
    <div className="space-y-5">
      <p className="text-sm">
        Will commit <strong className="font-medium">{preview.subject}</strong> on{' '}
        <code className="text-xs">{shortId(preview.base)}</code>
      </p>
      {problems.length > 0 && (
        <section aria-label="Problems" className="rounded-md bg-bad-soft px-3 py-2">
          <h3 className="text-sm font-semibold text-bad">Mend this first</h3>
          <ProblemList problems={problems} />
        </section>
      )}
      {problems.some(({ severity }) => severity === 'error') ? (
        <p className="text-sm">As it is, nodes would not take it: what is in force stays.</p>
      ) : (
        <PlanPanel plan={preview.plan} />
      )}
      {preview.files.map((file) => (
        <DiffView key={file.path} path={file.path} before={file.before} after={file.after} />
      ))}
      {preview.files.length === 0 && (
        <p className="text-sm text-dim">No file changes: Git says so already.</p>
      )}
    </div>
  );
}

interface DecisionProps {
  readonly request: EditRequest;
  readonly ahead: Preview | undefined;
  readonly making: {
    readonly isPending: boolean;
    readonly variables: boolean | undefined;
    readonly mutate: (propose: boolean) => void;
  };
  readonly onClose: () => void;
}

function Decision({ request, ahead, making, onClose }: DecisionProps) {
  const broken = ahead?.problems.some(({ severity }) => severity === 'error') ?? true;
  const nothing = ahead !== undefined && ahead.files.length === 0;
  const off = ahead === undefined || broken || nothing || making.isPending;
  return (
    <>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button
        icon="branch"
        disabled={off}
        busy={making.isPending && making.variables === true}
        onClick={() => making.mutate(true)}
      >
        Propose instead
      </Button>
      <Button
        look={request.danger === true ? 'danger' : 'primary'}
        disabled={off}
        busy={making.isPending && making.variables === false}
        onClick={() => making.mutate(false)}
      >
        {request.verb ?? 'Commit change'}
      </Button>
    </>
  );
}
