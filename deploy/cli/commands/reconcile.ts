import { type Command, Option } from 'commander';
import type { OnceResult } from '../../../reconciler/start.ts';
import type { CommandContext } from '../context.ts';
import { keepHeapSmall } from '../heap.ts';
import { addExamples } from '../help.ts';
import { jsonLog, textLog } from '../log.ts';
import {
  branchOption,
  controlOption,
  dataDirOption,
  dockerOption,
  formatOption,
  nodeOption,
  parsePeriod,
  parsePort,
  repoOption,
  secretsDirOption,
} from '../options.ts';
import { Narrator } from '../output/narrator.ts';
import { statusLines } from '../output/status.ts';
import { count } from '../output/text.ts';
import { formatTook } from '../output/time.ts';
import { type NodeOptions, nodeSetup, type OpenOptions, openReconciler } from '../reconciler.ts';

interface ReconcileOptions extends NodeOptions {
  readonly once?: boolean;
  readonly poll: number;
  readonly healthPort?: number;
  readonly control?: string;
  readonly steps?: boolean;
  readonly acceptHistory?: string;
  readonly format: 'text' | 'json';
}

export function defineReconcile(command: Command, context: CommandContext): void {
  command
    .description(
      'Follows the repository and converges this node, until Ctrl-C or SIGTERM. With --once it converges and ends: with ' +
        '0 when in sync, with 1 when anything is failed, held or degraded. With --format json it logs JSON lines.',
    )
    .addOption(repoOption())
    .addOption(branchOption())
    .addOption(nodeOption())
    .addOption(new Option('--once', 'converge and end'))
    .addOption(dockerOption())
    .addOption(dataDirOption())
    .addOption(secretsDirOption())
    .addOption(
      new Option('--poll <seconds>', 'how often Git is asked').argParser(parsePeriod).default(30_000, '30'),
    )
    .addOption(
      new Option(
        '--health-port <port>',
        'offer /healthz, /readyz and /metrics at 127.0.0.1:<port>; 0 takes any free port',
      )
        .env('TENANTRY_HEALTH_PORT')
        .argParser(parsePort),
    )
    .addOption(controlOption().conflicts('once'))
    .addOption(new Option('--accept-history <commit>', 'follow this head of a branch that was rewritten'))
    .addOption(new Option('--steps', 'tell each step'))
    .addOption(formatOption('json'))
    .action(async (options: ReconcileOptions) => reconcile(context, options));
  addExamples(command, [
    [
      'tenantry reconcile --repo https://git.example.com/platform.git --node worker-1 --health-port 9464',
      'as a service does',
    ],
    ['tenantry reconcile --repo . --node worker-1 --once', 'converge and end'],
    ['tenantry reconcile --repo . --node worker-1 --once --format json', 'for scripts and tests'],
  ]);
}

async function reconcile(context: CommandContext, options: ReconcileOptions): Promise<void> {
  if (options.once !== true) keepHeapSmall();
  const setup = await nodeSetup(context, options);
  const reconciler = await openReconciler(setup, 'reconcile', {
    ...narration(context, options),
    pollMs: options.poll,
    ...(options.healthPort === undefined ? {} : { healthPort: options.healthPort }),
    ...(options.control === undefined ? {} : { control: options.control }),
    ...(options.acceptHistory === undefined ? {} : { acceptHistory: options.acceptHistory }),
  });
  try {
    if (options.once !== true) return await reconciler.run(context.signal);
    const result = await reconciler.once(context.signal);
    if (!isInSync(result)) context.exitWith(1);
    if (options.format === 'json') return context.printJson(result);
    context.print('', ...onceLines(context, result));
  } finally {
    await reconciler.close();
  }
}

/** Lines for a person who watches, or JSON lines for what collects logs. Standard output is for the result alone. */
function narration(context: CommandContext, options: ReconcileOptions): Pick<OpenOptions, 'log' | 'onEvent'> {
  if (options.format === 'json') return { log: jsonLog(context.stderr), onEvent: () => undefined };
  const narrator = new Narrator({ colours: context.colours, steps: options.steps === true });
  return {
    log: textLog((line) => context.note(line), context.colours),
    onEvent: (event) => context.note(...narrator.tell(event, context.now())),
  };
}

/** Nothing failed, nothing waits for a person, and what is enforced is the newest revision. */
export function isInSync({ status, plan }: Pick<OnceResult, 'status' | 'plan'>): boolean {
  const settled = new Set(['InSync', 'Suspended', 'Drifted']);
  return (
    status.source.state === 'ok' &&
    status.baseRevision === status.revision &&
    plan.holds.length === 0 &&
    status.tenants.every(({ phase }) => settled.has(phase))
  );
}

function onceLines(context: CommandContext, result: OnceResult): string[] {
  const { status, mutations, reads, ms } = result;
  const cost = `${count(mutations, 'changing Docker call')} and ${count(reads, 'reading one')} in ${formatTook(ms)}`;
  return [...statusLines({ status, writer: 'this', now: context.now() }, context), '', `Done: ${cost}.`];
}
