import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../../schemas/problem.ts';
import type { DesiredState } from '../model.ts';
import { type Claim, siteClaims } from './claims.ts';
import type { JudgedFile } from './document-cache.ts';
import type { DocumentSet } from './documents.ts';
import type { Grouped } from './grouping.ts';
import { hasErrors } from './problem-at.ts';
import { ofKind, resolveShared, type Shared } from './shared.ts';
import { platformSiteProblems, siteTargetProblems } from './sites.ts';
import { changedKeys, withChanges } from './sorted-map.ts';
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
  #last: Last | null = null;

  /** Never throws for what files hold. */
  resolve(set: DocumentSet): Resolution {
    return atOnce(this.resolving(set));
  }

  /** The same, for revisions of any size. */
  *resolving(set: DocumentSet): Interruptible<Resolution> {
    const last = this.#last;
    const { files } = set;
    const shared =
      last !== null && sameFiles(files.shared, last.files.shared) ? last.shared : resolveShared(files.shared);
    const steady = last?.shared === shared ? last : null;
    const before = last?.tenants ?? nobody;
    const names =
      steady === null
        ? new Set([...before.keys(), ...files.tenants.keys()])
        : changedKeys(steady.files.tenants, files.tenants);
    const others = new Map<string, ResolvedTenant | undefined>();
    for (const name of names) {
      yield;
      const [known, own] = [before.get(name), files.tenants.get(name)];
      if (own === undefined) others.set(name, undefined);
      else if (known === undefined || steady === null || !sameFiles(own, known.files)) {
        const now = yield* resolvingTenant(name, own, shared);
        others.set(name, known === undefined ? now : kept(known, now));
      }
    }
    const tenants = withChanges(before, others);
    const notActedOn = stillNotActedOn(last, files, names) ?? notActedOnIn(files);
    this.#last = { files, shared, tenants, notActedOn };
    return assemble(set, this.#last);
  }
}

/** What was resolved of the revision before. */
interface Last {
  readonly files: Grouped;
  readonly shared: Shared;
  readonly tenants: ReadonlyMap<string, ResolvedTenant>;
  readonly notActedOn: DesiredState['notActedOn'];
}

const nobody: ReadonlyMap<string, ResolvedTenant> = new Map();

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

function assemble(set: DocumentSet, { shared, tenants, notActedOn }: Last): Resolution {
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
    notActedOn,
    problems: [
      ...stray.flatMap((file) => file.problems),
      ...sites.flatMap((file) => siteTargetProblems(file, tenants)),
    ],
  };
}

/** What was told before, where neither the files of `names` nor those apart can make a difference to it; null else. */
function stillNotActedOn(
  last: Last | null,
  files: Grouped,
  names: ReadonlySet<string>,
): DesiredState['notActedOn'] | null {
  if (last === null || last.files.apart !== files.apart) return null;
  for (const name of names) {
    for (const { tenants } of [last.files, files])
      if (unacted(tenants.get(name) ?? []).length > 0) return null;
  }
  return last.notActedOn;
}

function notActedOnIn({ apart, tenants }: Grouped): DesiredState['notActedOn'] {
  return [apart, ...tenants.values()].flatMap(unacted);
}

function unacted(files: readonly JudgedFile[]): DesiredState['notActedOn'] {
  return files.flatMap(({ kind, path, value }) =>
    value !== null && (kind === 'Job' || kind === 'Site' || kind === 'Stack') ? [{ kind, path }] : [],
  );
}
