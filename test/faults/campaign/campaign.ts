import type { Boundary } from '../boundary.ts';
import { isMeddling } from '../docker/actions.ts';
import type { Point } from '../trial.ts';
import { Template } from '../world/revisions.ts';
import type { Attach, WorldOptions } from '../world/world.ts';
import { World } from '../world/world.ts';
import { attachments } from './boundaries.ts';
import { type OpenSite, openSite } from './engines.ts';
import type { CampaignOptions } from './options.ts';
import { isPair, pairsOf, partOf, pointsOf } from './points.ts';
import { randomFrom, sample } from './random.ts';
import { isBroken, type PointResult } from './results.ts';
import { type Clean, Runner } from './runner.ts';

/** What a campaign tells while it goes on. */
export interface Progress {
  /** A phase begins: what is done, and how many pieces it has. */
  begin(what: string, pieces: number): void;
  done(): void;
  /** A point broke. */
  broke(result: PointResult): void;
  end(): void;
}

export interface CampaignResult {
  /** Of the points that were tried; fewer than were chosen when the campaign was stopped. */
  readonly results: readonly PointResult[];
  /** All points that there are, of which the chosen ones are a part. */
  readonly points: readonly Point[];
  /** Complaints of fault-free runs, by workload. */
  readonly alarms: readonly { readonly workload: string; readonly complaints: readonly string[] }[];
  /** How often a world did not work before anything had gone wrong in it, and the trial was made in another one. */
  readonly retries: number;
}

export type WorldParts = Pick<WorldOptions, 'worker'> & { readonly attach?: readonly Attach[] };

/**
 * Learns, tries and judges.
 *
 * @param signal aborts to stop after what is under way; what was tried so far is the result
 * @throws when the worlds themselves do not work, or it is stopped before anything was tried
 */
export async function runCampaign(
  options: CampaignOptions,
  progress: Progress,
  parts: WorldParts = {},
  signal = new AbortController().signal,
): Promise<CampaignResult> {
  if (options.engine === 'private') throw new Error('a private engine is entered before a campaign begins');
  const opened = await openSite(options.engine);
  let template: Template | null = null;
  let runner: Runner | null = null;
  try {
    template = await Template.make(opened.site, options.workloads);
    runner = new Runner({
      openWorld: worldOpener(opened, template, parts),
      template,
      jobs: options.jobs,
      signal,
      onDone: () => progress.done(),
    });
    progress.begin('Learning the calls of fault-free runs', options.workloads.length);
    const clean = await runner.learn(options.workloads, options.boundaries, options.modes);
    progress.end();
    const chosen = choose(options, clean);
    const points = choose({ ...options, sample: null }, clean);
    const slice = points.length > chosen.length ? ` (a slice of ${points.length} points)` : '';
    progress.begin(`Trying what can go wrong${slice}`, chosen.length);
    const results = await runner.run(chosen, clean, (result) => {
      if (isBroken(result)) progress.broke(result);
    });
    progress.end();
    const alarms = clean.map(({ workload, complaints }) => ({ workload: workload.name, complaints }));
    const told = alarms.filter(({ complaints }) => complaints.length > 0);
    return { results, points, alarms: told, retries: runner.retries };
  } finally {
    await runner?.close();
    template?.remove();
    await opened.close();
  }
}

/** The points of a campaign: the one that was asked for, or all of them, or a slice by the seed. */
export function choose(options: CampaignOptions, clean: readonly Clean[]): readonly Point[] {
  const { fault, then, action, seed, pairs, part } = options;
  if (options.points !== null) return options.points;
  if (fault !== null) {
    const [boundary = 'docker'] = options.boundaries;
    return options.workloads.flatMap(({ name }) =>
      options.modes.map((mode): Point => ({ workload: name, mode, boundary, fault, then })),
    );
  }
  const random = randomFrom(seed);
  const learnt = clean.flatMap((one) => one.learnt).filter(({ mode }) => options.modes.includes(mode));
  const reports = new Set(options.workloads.flatMap((one) => (one.reports ? [one.name] : [])));
  const singles = learnt
    .flatMap(pointsOf)
    .filter(({ workload, fault: one }) => !(reports.has(workload) && one !== null && isMeddling(one.action)));
  const wanted = action === null ? singles : singles.filter((point) => point.fault?.action === action);
  const firsts = learnt.filter(({ mode, boundary }) => mode === 'once' && boundary === 'docker');
  const doubles = action === null ? firsts.flatMap((one) => pairsOf(one, pairs, random)) : [];
  const all = [...wanted, ...doubles].filter(
    (each) => part === null || partOf(each, part.of) === part.number,
  );
  return options.sample === null ? all : sample(all, options.sample, random, traitsOf);
}

/** What a slice has one of each of, as far as it reaches. */
function traitsOf(point: Point): string[] {
  const { workload, mode, fault } = point;
  const pair = isPair(point) ? ['pair'] : [];
  return [`on ${workload}`, `in ${mode}`, ...(fault === null ? [] : [fault.action]), ...pair];
}

/** A world has the border that its trials are about: what each costs and changes stays out of the others. */
function worldOpener(
  { site, openEngine, deadlines, delayMs }: OpenSite,
  template: Template,
  { attach = [], worker }: WorldParts,
): (boundary: Boundary['name']) => Promise<World> {
  return (boundary) =>
    World.open({
      site,
      template,
      openEngine,
      deadlines,
      delayMs,
      attach: [...(boundary === 'docker' ? [] : [attachments(boundary)]), ...attach],
      ...(worker === undefined ? {} : { worker }),
    });
}
