import { useQuery } from '@tanstack/react-query';
import type { Accepted } from '../../api/models/edit.ts';
import { commitQuery, meQuery } from '../data/queries.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { CommandLine } from '../parts/command-line.tsx';
import { CommitId } from '../parts/commit-line.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ProgressBar } from '../parts/progress-bar.tsx';
import { Problem } from '../parts/states.tsx';
import { safeHref } from '../words/link.ts';
import { progressWords } from '../words/progress.ts';
import { ProgressTable } from './progress-table.tsx';

/** What became of an edit: its commit and how far that is, or the branch it was proposed on. */
export function Done({
  accepted,
  title,
  onClose,
}: {
  readonly accepted: Accepted;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const { commit, proposal } = accepted;
  return (
    <Dialog
      wide
      title={title}
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      {proposal !== null && (
        <Proposed branch={proposal.branch} url={safeHref(proposal.url)} problem={proposal.problem} />
      )}
      {proposal === null && commit === null && <p>Git says so already: nothing was committed.</p>}
      {proposal === null && commit !== null && <Converging oid={commit} subject={accepted.subject} />}
    </Dialog>
  );
}

function Proposed({
  branch,
  url,
  problem,
}: {
  readonly branch: string;
  readonly url: string | null;
  readonly problem: string | null;
}) {
  const { data: me } = useQuery(meQuery);
  return (
    <div className="space-y-3">
      <p>
        Proposed on the branch <code>{branch}</code>. Nothing changes until it is merged.
      </p>
      {problem !== null && <p className="text-sm text-warn">There is no pull request: {problem}</p>}
      {me?.role === 'tenant-owner' && (
        <p className="text-sm text-dim">
          Tell an operator of the platform its name: they look at it and merge it. You see the change in the
          history of your tenant once it is merged.
        </p>
      )}
      {url === null && me?.role !== 'tenant-owner' && (
        <>
          <p className="text-sm text-dim">In a clone, this takes it over:</p>
          <CommandLine
            text={`git fetch && git merge origin/${branch} && git push`}
            label="commands that merge it"
          />
        </>
      )}
      {url !== null && (
        <a href={url} target="_blank" rel="noreferrer noopener" className={buttonClass('plain')}>
          Open the pull request
        </a>
      )}
    </div>
  );
}

function Converging({ oid, subject }: { readonly oid: string; readonly subject: string }) {
  const { data, error, refetch } = useQuery(commitQuery(oid));
  return (
    <div className="space-y-4">
      <p>
        Committed <CommitId oid={oid} /> {subject}
      </p>
      {data === undefined && error !== null ? (
        <Problem
          error={error}
          where="It is committed; how far it is could not be read"
          retry={() => void refetch()}
        />
      ) : data === undefined ? (
        <p className="text-sm text-dim">Waiting for the nodes to see it.</p>
      ) : (
        <ProgressBar progress={data} />
      )}
      {data !== undefined && <ProgressTable progress={data} />}
      {(data === undefined || progressWords(data).tone === 'busy') && (
        <p className="text-sm text-dim">You can close this: the tracker in the corner stays.</p>
      )}
    </div>
  );
}
