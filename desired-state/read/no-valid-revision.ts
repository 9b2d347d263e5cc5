import type { Problem } from '../../schemas/problem.ts';

/** No revision in reach has valid shared files: there is nothing to enforce. */
export class NoValidRevisionError extends Error {
  readonly code = 'desired/no-valid-revision';
  readonly retry = 'never';
  /** The problems of the newest revision. */
  readonly problems: readonly Problem[];

  constructor(revision: string, problems: readonly Problem[]) {
    super(
      `Revision ${revision.slice(0, 12)} has ${problems.length} problem(s) in files that all tenants share, and no revision before it can stand in. Run \`tenantry validate\` in the repository and mend them.`,
    );
    this.name = 'NoValidRevisionError';
    this.problems = problems;
  }
}
