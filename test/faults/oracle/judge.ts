import { isDeepStrictEqual } from 'node:util';
import { label } from '../../../renderers/labels.ts';
import { leaksIn } from '../../support/leaks.ts';
import { neighbours } from '../workloads/all.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Site } from '../world/site.ts';
import { mask } from '../world/site.ts';
import { strangerNames } from '../world/strangers.ts';
import { duplicates, gaps, stopsTooEarly } from './availability.ts';
import { forbiddenCalls } from './calls.ts';
import type { Evidence } from './evidence.ts';
import { mistakes } from './mistakes.ts';

/** What the fault-free run of a workload came to. */
export interface Expected {
  readonly comparable: Readonly<Record<string, unknown>>;
  readonly phases: Readonly<Record<string, unknown>> | null;
}

export interface Case {
  readonly site: Site;
  readonly workload: Workload;
  /** Null while the fault-free run itself is judged. */
  readonly expected: Expected | null;
  /** Whether another hand changed the subject: it may then have another container, as Git says. */
  readonly meddled: boolean;
  /** Whether a file of the reconciler's state was damaged by the test itself. */
  readonly damaged: boolean;
}

/** Everything that is wrong with a trial, one sentence each; empty when all held. Pure. */
export function judge(trial: Case, evidence: Evidence): string[] {
  const { site, workload, meddled } = trial;
  const untouched = [
    ...neighbours.map((name) => `tenant_${name}_runtime`),
    ...strangerNames(site).map((name) => mask(site, name)),
    ...(meddled ? [] : workload.keeps.map((name) => `tenant_${name}_runtime`)),
  ];
  return [
    ...liveness(evidence),
    ...mistakes(evidence),
    ...failedThough(evidence),
    ...forbiddenCalls(site, neighbours, evidence),
    ...evidence.lost.map((volume) => `INV-5: ${volume} does not hold any more what was in it`),
    ...gaps(site, workload.serves, evidence),
    ...(workload.removes ? [] : stopsTooEarly(site, workload.subject, evidence)),
    ...(meddled ? [] : duplicates(site, workload.subject, evidence)),
    ...moved(untouched, evidence),
    ...(trial.damaged ? [] : torn(evidence)),
    ...ofTheLoop(evidence),
    ...convergence(evidence),
    ...differences(trial, evidence),
    ...leaks(site, workload, evidence),
  ];
}

/** Only a kill ends the process. */
function liveness({ outcomes, recovery }: Evidence): string[] {
  const died = [...outcomes, recovery].some(({ type }) => type === 'died');
  return died ? ['the process ended by itself'] : [];
}

/** INV-14: what is slow, and in time, makes nothing fail. */
function failedThough({ outcomes, onlyLate }: Evidence): string[] {
  if (!onlyLate) return [];
  return outcomes.flatMap((outcome) =>
    outcome.type === 'failed' ? [`INV-14: a reply that came late made a run fail: ${outcome.message}`] : [],
  );
}

/** INV-18: what a reconciler writes is there whole, or not at all. A document that it found torn was set aside. */
function torn({ disk }: Evidence): string[] {
  return [...disk.keys()]
    .filter((path) => path.endsWith('.damaged'))
    .map((path) => `INV-18: ${path.replace(/\.damaged$/, '')} was torn`);
}

/** INV-4: the same container, in the same run. */
function moved(names: readonly string[], { before, final }: Evidence): string[] {
  return names.flatMap((name) => {
    const was = before[name];
    const is = final.identities[name];
    if (was === undefined || isDeepStrictEqual(was, is)) return [];
    return [`INV-4: ${name} is ${is === undefined ? 'gone' : 'another container or another run'}`];
  });
}

/** INV-15: a reconciler that goes on gets there by its own events, ticks and retries, and leaves nothing to the next. */
function ofTheLoop({ leftUndone, recovery }: Evidence): string[] {
  if (leftUndone === null) return [];
  const left = recovery.type === 'rounds' ? (recovery.rounds[0]?.mutations ?? 0) : 0;
  return [
    ...leftUndone.map((line) => `INV-15: the loop did not get there by itself: ${line}`),
    ...(left > 0 ? [`INV-15: the loop left ${left} changing calls to the one that came after it`] : []),
  ];
}

/** INV-1, INV-3: converged within a few passes, and then quiet. */
function convergence({ recovery, patience }: Evidence): string[] {
  if (recovery.type === 'died') return [];
  if (recovery.type !== 'rounds') {
    const why = recovery.type === 'failed' ? recovery.message : 'it was killed';
    return [`INV-1: it does not recover: ${why}`];
  }
  const [first, ...later] = recovery.rounds;
  const busy = first?.busyPasses ?? 0;
  const restless = later.filter(({ mutations }) => mutations > 0).length;
  return [
    ...(busy > patience
      ? [`INV-1: ${busy} passes had something to do after the fault, at most ${patience} may`]
      : []),
    ...(restless > 0 ? [`INV-3: ${restless} of ${later.length} further passes still changed something`] : []),
  ];
}

function differences({ expected, meddled }: Case, { final, phases }: Evidence): string[] {
  if (expected === null) return [];
  const is = { comparable: final.comparable, phases };
  return differencesFrom(expected, is, meddled).map((line) => `INV-2: the final state differs: ${line}`);
}

/** What is otherwise than it should be, a line each. */
export function differencesFrom(expected: Expected, is: Expected, meddled: boolean): string[] {
  const compared = ({ comparable, phases }: Expected): unknown => {
    const state = { ...comparable, phases };
    return meddled ? withoutBirth(state) : state;
  };
  return diff('', compared(expected), compared(is));
}

/** With which limits a container was made depends on when another hand let it be made: what they are now does not. */
function withoutBirth(state: unknown): unknown {
  return JSON.parse(JSON.stringify(state), (key: string, value: unknown) =>
    key === label.madeWith ? Object.keys(JSON.parse(String(value)) as object).sort() : value,
  );
}

/** Paths at which two JSON values part, with what is on either side. */
export function diff(path: string, should: unknown, is: unknown): string[] {
  if (isDeepStrictEqual(should, is)) return [];
  if (isRecord(should) && isRecord(is)) {
    const keys = [...new Set([...Object.keys(should), ...Object.keys(is)])].sort();
    return keys.flatMap((key) => diff(path === '' ? key : `${path}.${key}`, should[key], is[key]));
  }
  return [`${path} is ${short(is)} and should be ${short(should)}`];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

/**
 * INV-22: no secret's value in any form outside the tmpfs. One that a tenant asks for as an environment variable is where
 * the engine keeps it, and nowhere else.
 */
function leaks({ canaries }: Site, { secretAsEnv }: Workload, evidence: Evidence): string[] {
  const { output, final, disk, calls } = evidence;
  const entries = secretAsEnv ? canaries.map((value) => JSON.stringify(`API_KEY=${value}`)) : [];
  const withoutEnv = (text: string): string =>
    entries.reduce((left, entry) => left.replaceAll(entry, '"API_KEY"'), text);
  const places: [string, string][] = [
    ['logs, plans and statuses', output],
    ["containers' settings", withoutEnv(final.inspected)],
    ['requests to the engine', withoutEnv(JSON.stringify(calls))],
    ...disk,
  ];
  return places.flatMap(([where, text]) =>
    canaries.flatMap((value) =>
      leaksIn(text, value).map((form) => `INV-22: a secret in ${where}, as ${form}`),
    ),
  );
}
