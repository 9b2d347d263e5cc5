import type { Person } from '../../desired-state/git/port.ts';
import { commitMessage } from '../../desired-state/write/commit.ts';
import { causedProblems, type Proposal, refuseProblems } from '../../desired-state/write/edit.ts';
import { tenantOfPath } from '../../schemas/layout.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { Accepted, PlanView, Preview } from '../api/models/edit.ts';
import type { RevisionFiles } from '../branch/files.ts';
import type { Reader, Reading } from '../branch/reader.ts';
import { WebError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../ports.ts';
import { Allowance } from './allowance.ts';
import { CommitQueue, type QueueBranch } from './commit-queue.ts';
import { announce, type Proposed, type PullRequests, proposalBranch } from './propose.ts';
import { rebased } from './rebase.ts';
import type { Editor, EditRefusal, EditRequest, MayEdit } from './request.ts';
import { isOfItsText, toldProblems } from './told-problems.ts';

/** What nodes would do about the difference of two readings. */
export type PlanOf = (before: Reading, after: Reading) => Promise<PlanView | null>;

export interface DeskParts {
  readonly branch: QueueBranch & { readonly name: string };
  readonly reader: Reader;
  readonly files: RevisionFiles;
  readonly mayEdit: MayEdit;
  readonly planOf: PlanOf;
  /** Who the commits are from; the person who asked is their author. */
  readonly committer: Person;
  readonly pulls: PullRequests | null;
  readonly log: Log;
  readonly now: () => number;
  /** Keeps the plan of a commit for its history. */
  readonly keepPlan: (commit: string, plan: PlanView) => Promise<void>;
}

/** An edit on a revision: what it would write, and what is wrong with that. */
interface Prepared {
  readonly proposal: Proposal;
  readonly before: Reading;
  readonly after: Reading;
  readonly problems: readonly Problem[];
  readonly refusals: readonly EditRefusal[];
}

/** Where edits are made: built, brought onto the newest revision, judged, planned, and committed one after the other. */
export class Desk implements Editor {
  readonly #parts: DeskParts;
  readonly #queue: CommitQueue;
  readonly #proposals: Allowance;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    this.#queue = new CommitQueue(parts.branch);
    this.#proposals = new Allowance(parts.now);
  }

  async edit(request: EditRequest): Promise<Accepted | Preview> {
    const { propose = false, 'dry-run': dryRun = false } = request.query;
    if (dryRun) return this.#preview(request, await this.#head());
    return propose ? this.#propose(request, await this.#head()) : this.#commit(request);
  }

  /** Takes no more edits; resolves when those that wait have landed. */
  async close(): Promise<void> {
    await this.#queue.close();
  }

  async #head(): Promise<string> {
    return this.#parts.branch.head() ?? this.#parts.branch.refresh();
  }

  async #preview(request: EditRequest, head: string): Promise<Preview> {
    const { proposal, before, after, problems, refusals } = await this.#prepare(request, head);
    return {
      base: head,
      subject: proposal.subject,
      files: proposal.edits.map(({ path, before, after }) => ({ path, before, after })),
      // Who may not do it is told so, and not what would come of it.
      problems: [
        ...toldProblems(
          refusals.length === 0 ? problems : problems.filter(isOfItsText),
          request.caller.tenants,
        ),
        ...refusals.map(refusalProblem),
      ],
      plan: await this.#parts.planOf(before, after),
    };
  }

  async #commit(request: EditRequest): Promise<Accepted> {
    let made: Prepared | null = null;
    const landed = await this.#queue.submit(async (parent) => {
      made = await this.#prepare(request, parent);
      return this.#write(made, parent, request.caller);
    });
    // The queue calls `make` before it settles; TypeScript cannot see that.
    const prepared = made as Prepared | null;
    if (prepared === null) throw new Error('An edit landed that nobody made.');
    const plan = landed.commit === null ? null : await this.#planFor(landed.commit, prepared);
    return this.#accepted(prepared.proposal, landed, plan, null);
  }

  async #propose(request: EditRequest, head: string): Promise<Accepted> {
    const { branch, pulls, log } = this.#parts;
    const prepared = await this.#prepare(request, head);
    const { proposal } = prepared;
    const commit = await this.#write(prepared, head, request.caller);
    if (commit === null) return this.#accepted(proposal, { commit, parent: head }, null, null);
    this.#proposals.take(request.caller);
    const name = proposalBranch(proposal.subject);
    await branch.repository.publish(commit, name);
    const proposed = await announce(pulls, { from: name, into: branch.name }, proposal, log);
    const plan = await this.#parts.planOf(prepared.before, prepared.after);
    return this.#accepted(proposal, { commit, parent: head }, plan, proposed);
  }

  /** @throws EditError, WebError `edit/conflict` */
  async #prepare(request: EditRequest, head: string): Promise<Prepared> {
    const { reader, mayEdit } = this.#parts;
    const proposal = await this.#built(request, head);
    const before = await reader.at(head);
    const after = proposal.edits.length === 0 ? before : await reader.draft(head, proposal.edits);
    return {
      proposal,
      before,
      after,
      problems: causedProblems(
        new Set(proposal.edits.map(({ path }) => path)),
        before.problems,
        after.problems,
      ),
      refusals: proposal.edits.flatMap((edit) => [
        ...mayEdit(request.caller, edit.path, edit.before, edit.after),
      ]),
    };
  }

  async #built({ base, tenants, build, merge }: EditRequest, head: string): Promise<Proposal> {
    const { files, branch } = this.#parts;
    const select = readable(tenants);
    const source = await files.source(base ?? head, select);
    const proposal = await build(source);
    if (base === null || base === head) return proposal;
    if (!(await branch.repository.isAncestor(base, head))) {
      throw new WebError(
        'edit/unknown-base',
        409,
        `The edit was made from ${base.slice(0, 12)}, which the branch ${branch.name} does not hold (any more). Read it again and make the edit on that.`,
      );
    }
    const newest = { revision: head, files: await files.source(head, select) };
    return rebased(proposal, { revision: base, files: source }, newest, merge);
  }

  /** Answers the commit; null when there is nothing to do. @throws EditError `edit/invalid`; WebError 403 */
  async #write(
    { proposal, problems, refusals }: Prepared,
    parent: string,
    caller: Caller,
  ): Promise<string | null> {
    if (proposal.edits.length === 0) return null;
    refuse(refusals);
    refuseProblems(proposal, toldProblems(problems, caller.tenants));
    const encoder = new TextEncoder();
    const changes = Object.fromEntries(
      proposal.edits.map(({ path, after }) => [path, after === null ? null : encoder.encode(after)]),
    );
    const { branch, committer } = this.#parts;
    const message = commitMessage(proposal);
    return branch.repository.commit({ parent, changes, message, author: caller.person, committer });
  }

  /** A commit that is made stays made when nobody can say what will follow. */
  async #planFor(commit: string, { before, after }: Prepared): Promise<PlanView | null> {
    const { planOf, keepPlan, log } = this.#parts;
    try {
      const plan = await planOf(before, after);
      if (plan !== null) await keepPlan(commit, plan);
      return plan;
    } catch (err) {
      log.error({ err, commit }, 'a commit has no plan');
      return null;
    }
  }

  #accepted(
    { subject, body }: Proposal,
    { commit, parent }: { readonly commit: string | null; readonly parent: string },
    plan: PlanView | null,
    proposal: Proposed | null,
  ): Accepted {
    const follow = { commit: commit === null ? null : `/v1/commits/${commit}`, socket: '/v1/events/ws' };
    return {
      commit,
      parent,
      branch: this.#parts.branch.name,
      subject,
      body: [...body],
      plan,
      proposal,
      follow,
    };
  }
}

/** The files of the named tenants, and those that belong to no tenant. */
function readable(tenants: readonly string[]): (path: string) => boolean {
  const named = new Set(tenants);
  return (path) => {
    const tenant = tenantOfPath(path);
    return tenant === null || named.has(tenant);
  };
}

function refuse(refusals: readonly EditRefusal[]): void {
  const [first] = refusals;
  if (first === undefined) return;
  throw new WebError('access/forbidden', 403, first.message, {
    problems: refusals.map(refusalProblem),
  });
}

function refusalProblem({ path, pointer, message }: EditRefusal): Problem {
  return { code: 'access/forbidden', severity: 'error', path, line: 1, column: 1, pointer, message };
}
