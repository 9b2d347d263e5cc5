import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../schemas/problem.ts';
import type { DesiredState } from '../model.ts';
import { type Claim, siteClaims } from './claims.ts';
import type { JudgedFile } from './document-cache.ts';
import type { DocumentSet } from './documents.ts';
import { hasErrors } from './problem-at.ts';
import { ofKind, resolveShared, type Shared } from './shared.ts';
import { platformSiteProblems, siteTargetProblems } from './sites.ts';
import { noteGone, withChanges } from './sorted-map.ts';
import { stackProblems } from './stacks.ts';
import { type ResolvedTenant, resolvingTenant } from './tenant.ts';
import { atOnce, type Interruptible } from './turns.ts';

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
 * again, and what comes out the same is the same object. The answers depend on the given revision alone.
 */
export class Resolver {
  #sharedFiles: readonly JudgedFile[] = [];
  #shared: Shared | null = null;
  #tenants: ReadonlyMap<string, ResolvedTenant> = new Map();

  /** Never throws for what files hold. */
  resolve(set: DocumentSet): Resolution {
    return atOnce(this.resolving(set));
  }

  /** The same, for revisions of any size. */
  *resolving(set: DocumentSet): Interruptible<Resolution> {
    const before = this.#shared;
    const shared = this.#resolveShared(set.files.shared);
    const others = new Map<string, ResolvedTenant | undefined>();
    for (const [name, files] of set.files.tenants) {
      yield;
      const known = this.#tenants.get(name);
      if (known !== undefined && shared === before && sameFiles(files, known.files)) continue;
      const now = yield* resolvingTenant(name, files, shared);
      others.set(name, known === undefined ? now : kept(known, now));
    }
    noteGone(this.#tenants, set.files.tenants, others);
    this.#tenants = withChanges(this.#tenants, others);
    return assemble(set, shared, this.#tenants);
  }

  #resolveShared(files: readonly JudgedFile[]): Shared {
    if (this.#shared === null || !sameFiles(files, this.#sharedFiles)) {
      this.#shared = resolveShared(files);
      this.#sharedFiles = files;
    }
    return this.#shared;
  }
}

/** What came out as before is the object of before. */
function kept(before: ResolvedTenant, now: ResolvedTenant): ResolvedTenant {
  if (before.newest === null || now.newest === null) return now;
  const { desired } = before.newest;
  if (!isDeepStrictEqual(desired, now.newest.desired)) return now;
  return { ...now, newest: { ...now.newest, desired } };
}

/** Resolves one revision. Pure. */
export function resolve(set: DocumentSet): Resolution {
  return new Resolver().resolve(set);
}

/** Whether two lists hold the same files; a file that was parsed once is one object. */
export function sameFiles(a: readonly JudgedFile[], b: readonly JudgedFile[]): boolean {
  return a === b || (a.length === b.length && a.every((file, index) => file === b[index]));
}

function assemble(
  set: DocumentSet,
  shared: Shared,
  tenants: ReadonlyMap<string, ResolvedTenant>,
): Resolution {
  const { apart, stray } = set.files;
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
    notActedOn: notActedOn(apart, tenants),
    problems: [
      ...stray.flatMap((file) => file.problems),
      ...sites.flatMap((file) => siteTargetProblems(file, tenants)),
    ],
  };
}

function notActedOn(
  apart: readonly JudgedFile[],
  tenants: ReadonlyMap<string, ResolvedTenant>,
): DesiredState['notActedOn'] {
  const found: { kind: 'Job' | 'Site' | 'Stack'; path: string }[] = [];
  const look = (files: readonly JudgedFile[]): void => {
    for (const { kind, path, value } of files) {
      if (value !== null && (kind === 'Job' || kind === 'Site' || kind === 'Stack'))
        found.push({ kind, path });
    }
  };
  look(apart);
  for (const { files } of tenants.values()) look(files);
  return found;
}
