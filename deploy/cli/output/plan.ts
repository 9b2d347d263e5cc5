import type { Change } from '../../../reconciler/plan/change.ts';
import { isEmpty, type Plan, type TenantPlan } from '../../../reconciler/plan/plan.ts';
import { describeStep, type Step } from '../../../reconciler/plan/step.ts';
import { causeText, colourOf, fieldLines, resourceName, symbols } from './change.ts';
import type { Colours } from './colours.ts';
import { effectOn, summaryLine } from './plan-summary.ts';
import { printable, shortId, wrap } from './text.ts';

export interface PlanView {
  readonly plan: Plan;
  /** First line of the commit message of the plan's revision; null when it is not known. */
  readonly subject: string | null;
  /** Milliseconds since the epoch, from which ages are counted. */
  readonly now: number;
  /** Whether to list each step. */
  readonly steps: boolean;
}

export interface Layout {
  readonly width: number;
  readonly colours: Colours;
}

/** A plan for reading, in the manner of Terraform: what differs and why, what it costs, and the count at the end. */
export function planLines(view: PlanView, layout: Layout): string[] {
  const { plan } = view;
  const shown = plan.tenants.filter((tenant) => effectOn(tenant) !== 'unchanged');
  const sections = [
    networkLines(plan.networks, '+', layout),
    ...shown.map((tenant) => tenantLines(tenant, view, layout)),
    networkLines(plan.cleanup, '-', layout),
    plan.holds.flatMap((hold) => mark('held', hold.message, layout, layout.colours.red)),
    retainedLines(plan, layout),
  ].filter((lines) => lines.length > 0);
  const body = sections.flatMap((lines) => [...lines, '']);
  if (isEmpty(plan) && shown.length === 0)
    return [...body, ...wrap(`No changes. Docker matches ${at(view)}.`, layout.width)];
  const heading = wrap(`Plan of ${plan.node} at ${at(view)}:`, layout.width);
  return [...heading, '', ...body, ...wrap(summaryLine(plan), layout.width)];
}

/** `4f2c1d9e “acme: set LOG_LEVEL to debug”` */
function at({ plan, subject }: PlanView): string {
  return subject === null ? shortId(plan.revision) : `${shortId(plan.revision)} “${printable(subject)}”`;
}

function tenantLines(tenant: TenantPlan, view: PlanView, layout: Layout): string[] {
  const { colours } = layout;
  const effect = effectOn(tenant);
  const kind = effect === 'left' || effect === 'unchanged' ? 'update' : effect;
  const cost = effect === 'left' ? 'left as found' : tenant.cost.text;
  const symbol = effect === 'left' ? ' ' : symbols[kind];
  const lines = [`${colourOf(kind, colours)(symbol.padStart(3))} ${colours.bold(tenant.tenant)}: ${cost}`];
  for (const change of tenant.changes) lines.push(...changeLines(change, tenant.revision, view.now, layout));
  for (const refusal of tenant.refusals)
    lines.push(...mark(refusal.reason, refusal.message, layout, colours.yellow));
  const steps = tenant.waves.flat();
  if (view.steps || tenant.changes.length === 0) lines.push(...stepLines(steps, layout));
  return lines;
}

function changeLines(change: Change, revision: string | null, now: number, layout: Layout): string[] {
  const { width, colours } = layout;
  const paint = colourOf(change.kind, colours);
  const head = `${symbols[change.kind].padStart(7)} ${resourceName(change)}`;
  const cause = causeText(change, revision, now);
  const fields = change.fields.flatMap((field) => fieldLines(change, field, width, ' '.repeat(10)));
  if (head.length + cause.length + 3 <= width)
    return [`${paint(head)} ${colours.dim(`(${cause})`)}`, ...fields];
  const below = wrap(cause, width, ' '.repeat(10), ' '.repeat(12));
  return [paint(head), ...below.map((line) => colours.dim(line)), ...fields];
}

function stepLines(steps: readonly Step[], { width, colours }: Layout): string[] {
  return steps.flatMap((step, index) => {
    const lead = `${`${index + 1}.`.padStart(8)} `;
    return wrap(printable(describeStep(step)), width, lead, ' '.repeat(lead.length)).map((line) =>
      colours.dim(line),
    );
  });
}

function networkLines(steps: readonly Step[], symbol: '+' | '-', { width, colours }: Layout): string[] {
  const paint = symbol === '+' ? colours.green : colours.red;
  return steps.flatMap((step) =>
    wrap(describeStep(step), width, `  ${symbol} `, '    ').map((line) => paint(line)),
  );
}

function mark(word: string, message: string, { width }: Layout, paint: (text: string) => string): string[] {
  const [first = '', ...rest] = wrap(`${word}: ${printable(message)}`, width, '    ! ', '      ');
  return [first.replace(word, () => paint(word)), ...rest];
}

function retainedLines(plan: Plan, { width, colours }: Layout): string[] {
  return plan.retained.flatMap(({ volume, tenant }) =>
    wrap(`kept volume ${volume} of ${tenant}, which nothing uses now`, width, '    ').map((line) =>
      colours.dim(line),
    ),
  );
}
