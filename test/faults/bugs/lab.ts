import { join } from 'node:path';
import { execa } from 'execa';
import { attachments } from '../campaign/boundaries.ts';
import { type OpenSite, openSite } from '../campaign/engines.ts';
import { type Point, runTrial, type Trial } from '../trial.ts';
import { workloadNamed, workloads } from '../workloads/all.ts';
import { Template } from '../world/revisions.ts';
import { World } from '../world/world.ts';
import type { Bug, BugPoint } from './bug.ts';
import { seededWith } from './worker-setup.ts';

/** What came of a bug at the place where the oracle is known to find it. */
export interface Finding {
  /** Whether the oracle says what the bug is known by, and the code with it is no broken program. */
  readonly caught: boolean;
  /** What the oracle says of the code with the bug. */
  readonly complaints: readonly string[];
  /** What it says of the code without it, at the same place; anything is a false alarm. */
  readonly alarms: readonly string[];
  /** Whether the fault happened to the code without the bug. */
  readonly reached: boolean;
}

/** Code that throws at once is found by anything: that says nothing of the oracle. */
function isBrokenProgram(complaint: string): boolean {
  return /^(a mistake in the program|a run failed by what it does not know|the process ended)/.test(
    complaint,
  );
}

export function isCaught({ complaint }: Pick<Bug, 'complaint'>, complaints: readonly string[]): boolean {
  return complaints.some((one) => complaint.test(one)) && !complaints.some(isBrokenProgram);
}

/** Worlds on engine doubles in which bugs are looked for, and what fault-free runs of the code without them came to. */
export class BugLab {
  readonly #opened: OpenSite;
  readonly #template: Template;
  readonly #clean = new Map<string, Promise<Trial>>();

  private constructor(opened: OpenSite, template: Template) {
    this.#opened = opened;
    this.#template = template;
  }

  static async open(): Promise<BugLab> {
    const opened = await openSite('double');
    return new BugLab(opened, await Template.make(opened.site, workloads));
  }

  /** Tries the code with the bug and without it. */
  async examine(bug: Bug): Promise<Finding> {
    if ('probe' in bug.caughtAt) return probe(bug, bug.caughtAt.probe);
    const place = bug.caughtAt;
    const clean = await this.#cleanRun(place);
    const sound = await this.#try(place, clean, null);
    const complaints = await this.#withBug(bug, place, clean);
    return {
      caught: isCaught(bug, complaints),
      complaints,
      alarms: [...new Set([...clean.complaints, ...sound.complaints])],
      reached: sound.reached,
    };
  }

  /** Whether the oracle finds the bug at a place that was not chosen for it, by whatever it says. */
  async isFoundAt(bug: Bug, place: BugPoint): Promise<boolean> {
    const complaints = await this.#withBug(bug, place, await this.#cleanRun(place));
    return complaints.length > 0 && !complaints.some(isBrokenProgram);
  }

  async close(): Promise<void> {
    this.#template.remove();
    await this.#opened.close();
  }

  /** A world in which the code does not even converge before anything has gone wrong tells of a bug, too. */
  async #withBug(bug: Bug, place: BugPoint, clean: Trial): Promise<readonly string[]> {
    try {
      return (await this.#try(place, clean, bug)).complaints;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!why.includes('does not converge before')) throw error;
      return [why];
    }
  }

  #cleanRun(place: BugPoint): Promise<Trial> {
    const { workload } = place;
    const once: BugPoint = { workload, boundary: 'docker', fault: null };
    const known = this.#clean.get(workload) ?? this.#try(once, null, null);
    this.#clean.set(workload, known);
    return known;
  }

  async #try(place: BugPoint, clean: Trial | null, bug: Bug | null): Promise<Trial> {
    const workload = workloadNamed(place.workload);
    const world = await World.open({
      ...this.#opened,
      template: this.#template,
      attach: place.boundary === 'docker' ? [] : [attachments(place.boundary)],
      ...(bug === null ? {} : { worker: seededWith(bug) }),
    });
    try {
      const point: Point = { mode: 'once', ...place, then: null };
      return await runTrial(world, workload, this.#template.of(place.workload), point, clean);
    } finally {
      await world.close();
    }
  }
}

async function probe(bug: Bug, file: string): Promise<Finding> {
  const program = join(import.meta.dirname, file);
  const { execArgv, env } = seededWith(bug);
  const [without, withBug] = await Promise.all([
    execa(process.execPath, [program], { reject: false }),
    execa(process.execPath, [...execArgv, program], { env, reject: false }),
  ]);
  for (const { stderr } of [without, withBug]) if (stderr !== '') throw new Error(stderr);
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const complaints = lines(withBug.stdout);
  return { caught: isCaught(bug, complaints), complaints, alarms: lines(without.stdout), reached: true };
}
