import type { TenantResult } from '../../../reconciler/apply/run.ts';
import type { ProgressEvent } from '../../../reconciler/options.ts';
import type { Change } from '../../../reconciler/plan/change.ts';
import type { Plan, TenantPlan } from '../../../reconciler/plan/plan.ts';
import { describeStep } from '../../../reconciler/plan/step.ts';
import { eventText, resourceName, withoutTwins } from './change.ts';
import type { Colours } from './colours.ts';
import { printable, shortId } from './text.ts';
import { formatClock, formatTook } from './time.ts';
import { formatValue } from './values.ts';

export interface NarratorOptions {
  readonly colours: Colours;
  /** Whether to tell each step. */
  readonly steps: boolean;
  /** First line of a commit's message; null when it is not known. */
  readonly subjectOf?: (revision: string) => string | null;
}

/** Most fields of a change that are named in one line. */
const mostFields = 3;

/**
 * Tells what a reconciler does while it does it, a line or two a change: what Git asked for or what drifted, what it
 * costs, and how long it took. Plans come with every pass; what was told already is not told again.
 */
export class Narrator {
  readonly #options: NarratorOptions;
  readonly #told = new Map<string, string>();
  readonly #pulling = new Map<string, string>();
  /** Tenants whose newest plan failed and whose old container serves again. */
  readonly #returned = new Set<string>();
  #revision: string | null = null;
  #holds = '';

  constructor(options: NarratorOptions) {
    this.#options = options;
  }

  /** The lines for one event, none when there is nothing new in it. */
  tell(event: ProgressEvent, now: number): string[] {
    const lines = this.#lines(event);
    return lines.map((line) => `${this.#options.colours.dim(formatClock(now))}  ${line}`);
  }

  #lines(event: ProgressEvent): string[] {
    switch (event.type) {
      case 'plan':
        return this.#plan(event.plan);
      case 'step':
        return this.#options.steps ? [`${name(event.tenant)}${printable(describeStep(event.step))}`] : [];
      case 'pull': {
        const { ref } = event.progress;
        if (this.#pulling.get(event.tenant) === ref) return [];
        this.#pulling.set(event.tenant, ref);
        return [`${name(event.tenant)}pulling ${printable(ref)}`];
      }
      case 'result':
        // The same difference may come back, and is then worth telling again.
        this.#told.delete(event.result.tenant);
        if (event.result.outcome === 'rolled-back') this.#returned.add(event.result.tenant);
        else this.#returned.delete(event.result.tenant);
        this.#pulling.delete(event.result.tenant);
        return this.#result(event.result);
    }
  }

  #plan(plan: Plan): string[] {
    const lines: string[] = [];
    if (plan.revision !== this.#revision) lines.push(this.#revisionLine(plan.revision));
    this.#revision = plan.revision;
    const holds = plan.holds.map(({ message }) => message).join('\n');
    if (holds !== this.#holds && holds !== '')
      lines.push(
        ...plan.holds.map(({ message }) => this.#options.colours.red(`held: ${printable(message)}`)),
      );
    this.#holds = holds;
    for (const tenant of plan.tenants) lines.push(...this.#tenant(tenant));
    return lines;
  }

  #revisionLine(revision: string): string {
    const subject = this.#options.subjectOf?.(revision) ?? null;
    const { colours } = this.#options;
    return `${colours.bold('Git')} is at ${colours.yellow(shortId(revision))}${subject === null ? '' : ` “${printable(subject)}”`}`;
  }

  #tenant(plan: TenantPlan): string[] {
    if (plan.changes.length === 0 && plan.refusals.length === 0) {
      this.#told.delete(plan.tenant);
      return [];
    }
    const key = JSON.stringify([
      plan.changes.map(({ since: _, event: __, ...change }) => change),
      plan.refusals,
    ]);
    if (this.#told.get(plan.tenant) === key) return [];
    this.#told.set(plan.tenant, key);
    const { colours } = this.#options;
    const causes = (['commit', 'drift'] as const).flatMap((cause) => {
      const changes = plan.changes.filter((change) => change.cause === cause);
      if (changes.length === 0) return [];
      return [
        cause === 'commit'
          ? `Git asks: ${changesText(changes, 'new')}`
          : `${colours.yellow('drifted')}: ${changesText(changes, 'missing')}`,
      ];
    });
    // A build that was tried and taken back was told as the outcome.
    if (plan.waves.length === 0 && this.#returned.has(plan.tenant)) return [];
    const why = plan.refusals.map(({ message }) => printable(message)).join('; ');
    const what = plan.waves.length === 0 ? `left as found: ${why}` : plan.cost.text;
    return [`${name(plan.tenant)}${[...causes, what].join(' → ')}`];
  }

  #result({ tenant, outcome, error, ms }: TenantResult): string[] {
    const { colours } = this.#options;
    const took = formatTook(ms);
    if (outcome === 'done') return [`${name(tenant)}${colours.green('done')} in ${took}`];
    const why = error === null ? '' : `: ${printable(error.message)}`;
    return [`${name(tenant)}${colours.red(outcome)} after ${took}${why}`];
  }
}

/** What a new tenant needs is many things at once: they are counted, and everything else is told in full. */
function changesText(changes: readonly Change[], adjective: 'new' | 'missing'): string {
  const creates = changes.filter(({ kind, event }) => kind === 'create' && event === undefined);
  const others = changes.filter((change) => !creates.includes(change));
  const missing = resourceKinds
    .map((kind) => ({ kind, number: creates.filter(({ resource }) => resource.kind === kind).length }))
    .filter(({ number }) => number > 0)
    .map(({ kind, number }) => (number === 1 ? words[kind] : `${number} ${words[kind]}s`));
  return [
    ...(missing.length > 0 ? [`${adjective} ${missing.join(', ')}`] : []),
    ...others.map(changeText),
  ].join('; ');
}

const words = {
  container: 'container',
  files: 'managed files',
  'secret-files': 'secrets',
  volume: 'volume',
  network: 'network',
} as const;
const resourceKinds = ['container', 'files', 'secret-files', 'volume', 'network'] as const;

/** `container tenant_acme_runtime: running stopped -> running, Docker event: die (exit code 137)` */
function changeText(change: Change): string {
  const { kind } = change.resource;
  if (change.kind === 'create') return `${resourceName(change)} missing${eventText(change)}`;
  if (change.kind === 'remove') return `${resourceName(change)} to be removed${eventText(change)}`;
  const fields = withoutTwins(change.fields);
  const shown = fields
    .slice(0, mostFields)
    .map(({ path, desired, actual }) =>
      kind === 'files'
        ? printable(path)
        : `${printable(path)} ${formatValue(kind, path, actual)} -> ${formatValue(kind, path, desired)}`,
    );
  const more = fields.length > mostFields ? `, ${fields.length - mostFields} more` : '';
  return `${resourceName(change)}: ${shown.join(', ')}${more}${eventText(change)}`;
}

function name(tenant: string): string {
  return `${tenant.padEnd(10)} `;
}
