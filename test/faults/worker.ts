import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import type { ProgressEvent } from '../../reconciler/options.ts';
import { isEmpty } from '../../reconciler/plan/plan.ts';
import type { NodeStatus } from '../../reconciler/report/status.ts';
import { type StartOptions, startReconciler } from '../../reconciler/start.ts';

/** What of the start options can be sent to another process. */
export type WorkerOptions = Omit<StartOptions, 'log' | 'onEvent'>;

/** `once`: converges `rounds` times with one reconciler. `loop`: reconciles until `stop`. `abort`: asks it to end. */
export type Command =
  | { readonly type: 'once'; readonly options: WorkerOptions; readonly rounds: number }
  | { readonly type: 'loop'; readonly options: WorkerOptions }
  | { readonly type: 'stop' }
  | { readonly type: 'abort' };

/** One convergence. */
export interface Round {
  readonly mutations: number;
  /** Passes that found something to do. */
  readonly busyPasses: number;
  readonly status: NodeStatus;
}

export type Answer =
  | { readonly type: 'ready' | 'looping' | 'stopped' }
  | { readonly type: 'rounds'; readonly rounds: readonly Round[] }
  | {
      readonly type: 'failed';
      readonly code: string | null;
      readonly name: string;
      readonly message: string;
    };

/**
 * A reconciler as a process of its own, all its code read and waiting for a command: the real `startReconciler` with
 * the real adapters. What it logs, plans and reports goes to its standard output, as JSON lines.
 */
const log = pino({ level: 'debug' }, pino.destination({ fd: 1, sync: true }));
let busyPasses = 0;
let abort = new AbortController();
let looping: Promise<void> | null = null;

const say = (answer: Answer): void => void process.send?.(answer);

function onEvent(event: ProgressEvent): void {
  // Changes that are only shown (a hold, a quarantine) are no work.
  const idle = event.type === 'plan' && isEmpty(event.plan);
  if (event.type === 'plan' && !idle) busyPasses += 1;
  if (!idle) log.debug({ event });
}

async function once(options: WorkerOptions, count: number): Promise<Answer> {
  const reconciler = await startReconciler({ ...options, log, onEvent }, 'reconcile');
  try {
    const rounds: Round[] = [];
    while (rounds.length < count) {
      busyPasses = 0;
      const { mutations, status } = await reconciler.once(abort.signal);
      log.debug({ status });
      rounds.push({ mutations, busyPasses, status });
    }
    return { type: 'rounds', rounds };
  } finally {
    await reconciler.close();
  }
}

async function loop(options: WorkerOptions): Promise<void> {
  const reconciler = await startReconciler({ ...options, log, onEvent }, 'reconcile');
  say({ type: 'looping' });
  try {
    await reconciler.run(abort.signal);
  } finally {
    await reconciler.close();
  }
}

async function obey(command: Command): Promise<void> {
  if (command.type === 'abort') return abort.abort(new Error('asked to end'));
  if (command.type === 'stop') {
    abort.abort(new Error('asked to end'));
    await looping;
    looping = null;
    return say({ type: 'stopped' });
  }
  abort = new AbortController();
  if (command.type === 'once') return say(await once(command.options, command.rounds));
  looping = loop(command.options);
  await looping;
}

function failure(error: unknown): Answer {
  if (!(error instanceof Error))
    return { type: 'failed', code: null, name: 'thrown', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { type: 'failed', code, name: error.name, message: error.message };
}

process.on('message', (command: Command) => {
  obey(command).catch((error: unknown) => {
    log.error({ err: error }, 'the command failed');
    say(failure(error));
  });
});
// A terminal's Ctrl-C reaches the whole group of processes: the runner decides when its workers end.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});
// A worker whose runner is gone has nobody to work for.
process.on('disconnect', () => process.exit(0));
// Most workers are killed, and then keep nothing.
flushCompileCache();
say({ type: 'ready' });
