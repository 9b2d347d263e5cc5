import type { Problem } from '../../schemas/problem.ts';
import type { DesiredState } from '../model.ts';
import { type Claim, siteClaims } from './claims.ts';
import type { JudgedFile } from './document-cache.ts';
import type { DocumentSet } from './documents.ts';
import { type Grouped, group } from './grouping.ts';
import { hasErrors } from './problem-at.ts';
import { ofKind, resolveShared, type Shared } from './shared.ts';
import { platformSiteProblems, siteTargetProblems } from './sites.ts';
import { stackProblems } from './stacks.ts';
import { type ResolvedTenant, resolveTenant } from './tenant.ts';

/** What one revision says by itself: without its history, and before tenants are weighed against each other. */
export interface Resolution {
  readonly revision: string;
  /** Null when there is an error in the shared files. */
  readonly shared: Shared | null;
  /** Problems of the shared files; an error among them holds the whole revision. */
  readonly sharedProblems: readonly Problem[];
  /** Tenants by name, in the order of their names. */
  readonly tenants: ReadonlyMap<string, ResolvedTenant>;
  /** Claims of the platform's own sites, by the path of the site. */
  readonly siteClaims: ReadonlyMap<string, readonly Claim[]>;
  readonly notActedOn: DesiredState['notActedOn'];
  /** Problems that hold nobody. */
  readonly problems: readonly Problem[];
}

/**
 * Resolves revisions one after the other; what rests on the same files as in the revision before is not worked out
 * again. The answers depend on the given revision alone.
 */
export class Resolver {
  #sharedFiles: readonly JudgedFile[] = [];
  #shared: Shared | null = null;
  #tenants: ReadonlyMap<string, ResolvedTenant> = new Map();

  /** Never throws for what files hold. */
  resolve(set: DocumentSet): Resolution {
    const grouped = group(set);
    const shared = this.#resolveShared(grouped.shared);
    const tenants = new Map(
      [...grouped.tenants].map(([name, files]) => [name, this.#tenant(name, files, shared)]),
    );
    this.#tenants = tenants;
    return assemble(set, grouped, shared, tenants);
  }

  #resolveShared(files: readonly JudgedFile[]): Shared {
    if (this.#shared === null || !sameFiles(files, this.#sharedFiles)) {
      this.#shared = resolveShared(files);
      this.#sharedFiles = files;
      this.#tenants = new Map();
    }
    return this.#shared;
  }

  #tenant(name: string, files: readonly JudgedFile[], shared: Shared): ResolvedTenant {
    const before = this.#tenants.get(name);
    return before !== undefined && sameFiles(files, before.files)
      ? before
      : resolveTenant(name, files, shared);
  }
}

/** Resolves one revision. Pure. */
export function resolve(set: DocumentSet): Resolution {
  return new Resolver().resolve(set);
}

/** Whether two lists hold the same files; a file that was parsed once is one object. */
export function sameFiles(a: readonly JudgedFile[], b: readonly JudgedFile[]): boolean {
  return a.length === b.length && a.every((file, index) => file === b[index]);
}

function assemble(
  set: DocumentSet,
  { apart, stray }: Grouped,
  shared: Shared,
  tenants: ReadonlyMap<string, ResolvedTenant>,
): Resolution {
  const sites = ofKind(apart, 'Site');
  const stacks = ofKind(apart, 'Stack');
  const sharedProblems = [
    ...set.refused,
    ...(set.refused.length > 0 ? [] : shared.problems),
    ...apart.flatMap((file) => file.problems),
    ...sites.flatMap((file) => platformSiteProblems(file, shared)),
    ...stacks.flatMap((file) => stackProblems(file, shared, set.attachments)),
  ];
  return {
    revision: set.revision,
    shared: hasErrors(sharedProblems) ? null : shared,
    sharedProblems,
    tenants,
    siteClaims: new Map(sites.map((file) => [file.path, siteClaims(file, file.path)])),
    notActedOn: notActedOn(set),
    problems: [
      ...stray.flatMap((file) => file.problems),
      ...sites.flatMap((file) => siteTargetProblems(file, tenants)),
    ],
  };
}

function notActedOn(set: DocumentSet): DesiredState['notActedOn'] {
  return [...set.files.values()].flatMap(({ kind, path, value }) =>
    value !== null && (kind === 'Job' || kind === 'Site' || kind === 'Stack') ? [{ kind, path }] : [],
  );
}
