import type { NodeStatus, Phase, TenantStatus } from '../../../reconciler/report/status.ts';
import type { Colours } from './colours.ts';
import type { Layout } from './plan.ts';
import { problemCount, problemLines } from './problems.ts';
import { table } from './table.ts';
import { count, printable, shortId, wrap } from './text.ts';
import { formatSpan, formatTime } from './time.ts';

/** A status, and who wrote it: a reconciler that still runs, one that is gone, or this very command just now. */
export interface StatusView {
  readonly status: NodeStatus;
  readonly writer: 'running' | 'gone' | 'this';
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The whole node: who reports, what is in force, and a line a tenant. */
export function statusLines(view: StatusView, layout: Layout): string[] {
  const { status } = view;
  const { colours } = layout;
  return [
    ...headLines(view, layout),
    '',
    ...table(
      ['TENANT', 'PHASE', 'STATE', 'HEALTH', 'IMAGE', 'ADDRESS'],
      status.tenants.map((t) => row(t, colours)),
      colours,
    ),
    ...reasonLines(status, layout),
    ...holdLines(status, layout),
    ...(status.problems.length === 0
      ? []
      : ['', `The newest revision has ${problemCount(status.problems)}:`]),
    ...problemLines(status.problems, colours),
    ...notes(status, layout),
  ];
}

/** One tenant with all that is known of it. */
export function tenantStatusLines(view: StatusView, tenant: TenantStatus, layout: Layout): string[] {
  const { now } = view;
  const { colours, width } = layout;
  const fields: readonly (readonly [string, string | null])[] = [
    [
      'phase',
      `${paintPhase(tenant.phase, colours)} since ${formatTime(tenant.since)} (${formatSpan(now - tenant.since)})`,
    ],
    ['reason', tenant.reason === '' ? null : printable(tenant.reason)],
    ['revision', tenant.revision === null ? null : shortId(tenant.revision)],
    ['state', `${tenant.state}${tenant.startedAt === null ? '' : `, started ${tenant.startedAt}`}`],
    [
      'health',
      `${tenant.health.state}${tenant.health.detail === '' ? '' : `: ${printable(tenant.health.detail)}`}`,
    ],
    ['image', tenant.image],
    ['container', tenant.containerId === null ? null : tenant.containerId.slice(0, 12)],
    ['address', tenant.address],
    ['quarantine', tenant.quarantine === null ? null : printable(tenant.quarantine.reason)],
    ['pairing', tokenText(tenant.pairing)],
    ['disconnect', tokenText(tenant.disconnect)],
    ['last action', lastAction(tenant, now)],
  ];
  const known = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  return [
    ...headLines(view, layout),
    '',
    colours.bold(tenant.tenant),
    ...known.flatMap(([name, text]) => wrap(text, width, `  ${name.padEnd(12)}`, ' '.repeat(14))),
    ...problemLines(tenant.problems, colours),
  ];
}

/** Who says so and how old it is: a status is what the reconciler wrote last, not a look at Docker now. */
export function headLines({ status, writer, now }: StatusView, { width, colours }: Layout): string[] {
  const { state, detail } = status.source;
  const head = `${colours.bold(status.node)} at ${shortId(status.revision)}, Docker ${status.engine.version}`;
  const source =
    state === 'ok'
      ? []
      : wrap(`repository ${state}: ${printable(detail)}`, width).map((line) => colours.red(line));
  // A status that an older version wrote has no such field.
  const trouble =
    status.trouble == null
      ? []
      : wrap(
          `passes fail since ${formatTime(status.trouble.since)}, what follows is older: ${printable(status.trouble.message)}`,
          width,
        ).map((line) => colours.red(line));
  if (writer === 'this') return [head, ...source];
  const age = `as of ${formatTime(status.at)}, ${formatSpan(now - status.at)} ago`;
  const lines = wrap(`${age}; ${writerText(status.pid, writer)}`, width);
  return [
    head,
    ...(writer === 'running' ? lines : lines.map((line) => colours.yellow(line))),
    ...trouble,
    ...source,
  ];
}

function writerText(pid: number | null, writer: 'running' | 'gone'): string {
  if (writer === 'running') return `reconciler running (process ${pid})`;
  if (pid === null) return 'written by a single run; no reconciler keeps it up to date';
  return `the reconciler that wrote it (process ${pid}) no longer runs`;
}

export function paintPhase(phase: Phase, colours: Colours): string {
  if (phase === 'InSync') return colours.green(phase);
  if (phase === 'Failed' || phase === 'Held') return colours.red(phase);
  return phase === 'Suspended' ? colours.dim(phase) : colours.yellow(phase);
}

/** The part of an image reference that tells builds apart. */
export function shortImage(image: string | null): string {
  if (image === null) return '-';
  const digest = image.indexOf('@sha256:');
  return digest === -1 ? image.slice(image.lastIndexOf('/') + 1) : image.slice(digest + 1, digest + 20);
}

function row(tenant: TenantStatus, colours: Colours): string[] {
  return [
    tenant.tenant,
    paintPhase(tenant.phase, colours),
    tenant.state,
    tenant.health.state === 'none' ? '-' : tenant.health.state,
    shortImage(tenant.image),
    tenant.address ?? '-',
  ];
}

function reasonLines(status: NodeStatus, { width }: Layout): string[] {
  const lines = status.tenants
    .filter(({ reason }) => reason !== '')
    .flatMap(({ tenant, reason }) => wrap(`${tenant}: ${printable(reason)}`, width, '', '  '));
  return lines.length === 0 ? [] : ['', ...lines];
}

function holdLines(status: NodeStatus, { width, colours }: Layout): string[] {
  return status.holds.flatMap(({ message, tenants }) => [
    '',
    ...wrap(`held: ${printable(message)}`, width).map((line) => colours.red(line)),
    ...wrap(`tenants: ${tenants.join(', ')}`, width, '  '),
  ]);
}

function notes(status: NodeStatus, { width, colours }: Layout): string[] {
  const lines: string[] = [];
  if (status.retained.length > 0) {
    const names = status.retained.map(({ volume }) => volume).join(', ');
    lines.push(...wrap(`${count(status.retained.length, 'volume')} kept that nothing uses: ${names}`, width));
  }
  if (status.notActedOn.length > 0) {
    const paths = status.notActedOn.map(({ path }) => path).join(', ');
    lines.push(...wrap(`valid, but this version runs no such documents: ${printable(paths)}`, width));
  }
  return lines.length === 0 ? [] : ['', ...lines.map((line) => colours.dim(line))];
}

function tokenText(outcome: TenantStatus['pairing']): string | null {
  if (outcome === null) return null;
  const detail = outcome.detail === '' ? '' : `: ${printable(outcome.detail)}`;
  return `token ${printable(outcome.token)} ${outcome.state}${detail} (${formatTime(outcome.at)})`;
}

function lastAction({ lastResult }: TenantStatus, now: number): string | null {
  if (lastResult === null) return null;
  const why = lastResult.error === null ? '' : `: ${printable(lastResult.error.message)}`;
  return `${lastResult.outcome} ${formatSpan(now - lastResult.at)} ago${why}`;
}
