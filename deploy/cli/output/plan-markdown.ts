import type { Plan, TenantPlan } from '../../../reconciler/plan/plan.ts';
import { describeStep } from '../../../reconciler/plan/step.ts';
import { plain } from './colours.ts';
import { type PlanView, planLines } from './plan.ts';
import { effectOn, summaryLine } from './plan-summary.ts';

const words = {
  create: 'create',
  update: 'update in place',
  replace: 'replace',
  remove: 'remove',
  left: 'left as found',
  unchanged: 'unchanged',
} as const;

/** A plan as a comment of a pull request: the count, a table of tenants, and the details folded away. */
export function planMarkdown(view: PlanView): string[] {
  const { plan } = view;
  const shown = plan.tenants.filter((tenant) => effectOn(tenant) !== 'unchanged');
  return [
    `### Tenantry: \`${plan.node}\` at \`${plan.revision.slice(0, 8)}\``,
    '',
    `**${summaryLine(plan)}**`,
    ...(shown.length === 0
      ? []
      : ['', '| tenant | what | for its users |', '|---|---|---|', ...shown.map(row)]),
    ...holds(plan),
    '',
    '<details><summary>Details</summary>',
    '',
    // A fence longer than any run of backticks inside, so that a value cannot end it.
    ...fenced(planLines({ ...view, steps: false }, { width: 100, colours: plain })),
    '',
    '</details>',
    ...steps(shown),
  ];
}

function row(tenant: TenantPlan): string {
  const effect = effectOn(tenant);
  const cost = effect === 'left' ? tenant.refusals.map(({ reason }) => reason).join(', ') : tenant.cost.text;
  return `| \`${tenant.tenant}\` | ${words[effect]} | ${cell(cost)} |`;
}

function holds(plan: Plan): string[] {
  return plan.holds.length === 0
    ? []
    : ['', ...plan.holds.map((hold) => `> **Held.** ${cell(hold.message)}`)];
}

function steps(tenants: readonly TenantPlan[]): string[] {
  const lines = tenants.flatMap((tenant) =>
    tenant.waves.flat().map((step) => `${tenant.tenant}: ${describeStep(step)}`),
  );
  if (lines.length === 0) return [];
  return ['', '<details><summary>Steps</summary>', '', ...fenced(lines), '', '</details>'];
}

function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence, ...lines, fence];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
