import type { HealthCheck } from '../../desired-state/model.ts';
import type { ContainerInspect } from '../engine-api.ts';
import { ReconcilerError } from '../errors.ts';
import type { StepArgs } from '../plan/step.ts';
import { idOf, type StepContext } from './context.ts';

/** A verdict that only another spec can change: the container ran and was not healthy. */
export class UnhealthyError extends ReconcilerError {
  constructor(message: string, cause?: unknown) {
    super('container/unhealthy', message, { retry: 'never', cause });
    this.name = 'UnhealthyError';
  }
}

/**
 * No verdict: somebody else stopped, paused or disconnected the container while it came up. The next pass finishes the
 * replacement from what is there.
 */
function byAnotherHand(what: string): ReconcilerError {
  const message = `${what} by somebody else while its health was waited for; that is no fault of its own, and it is mended and waited for again`;
  return new ReconcilerError('container/another-hand', message, { retry: 'backoff' });
}

/**
 * Milliseconds for which a container that comes up counts among those that are worked at: many that begin at once slow
 * each other down. One that takes longer waits for something else, and gives its place to the next.
 */
const placeMs = 10_000;

/** Between looks at a container that is coming up: soon at first, then at the check's own pace. */
const firstPauseMs = 50;

/**
 * Waits until the container is healthy: its HTTP check answers, Docker's own check says so, or, without a check, it
 * has run for `settleMs` without a restart.
 *
 * @throws UnhealthyError when it keeps exiting, or fails `retries` checks in a row after its start period;
 *   ReconcilerError `container/another-hand` when somebody else stopped, paused or disconnected it
 */
export async function awaitHealthy(
  step: StepArgs['container.await-healthy'],
  context: StepContext,
): Promise<void> {
  const { clock, signal } = context;
  const id = idOf(step.container, context);
  const began = clock.monotonic();
  let failures = 0;
  let pause = firstPauseMs;
  // Docker counts the retries and the start period of its own checks.
  const ours = step.health?.type === 'http' ? step.health : null;
  // As Docker does: a check's first run that counts is an interval after the start, however short the start period.
  let nextCounted = began + Math.max(ours?.startPeriodMs ?? 0, ours?.intervalMs ?? 0);
  const isHealthy = async (): Promise<boolean> => {
    signal.throwIfAborted();
    const inspect = await context.docker.inspectContainer(id);
    throwUnlessUp(inspect, step);
    const verdict = await check(inspect, step, context, clock.monotonic() - began);
    if (verdict.healthy) return true;
    if (verdict.final) throw new UnhealthyError(`${step.container.name} is unhealthy: ${verdict.detail}`);
    if (clock.monotonic() - began > patienceMs(step.health))
      throw withoutVerdict(step.container.name, verdict);
    if (ours === null || clock.monotonic() < nextCounted) return false;
    failures += 1;
    nextCounted = clock.monotonic() + ours.intervalMs;
    if (failures < ours.retries) return false;
    // Somebody may have stopped it during this very check.
    throwUnlessUp(await context.docker.inspectContainer(id), step);
    throw new UnhealthyError(
      `${step.container.name} failed ${failures} health checks in a row, the last with: ${verdict.detail}`,
    );
  };
  const isHealthyWithin = async (ms: number): Promise<boolean> => {
    while (!(await isHealthy())) {
      if (clock.monotonic() - began >= ms) return false;
      await clock.sleep(pause, signal);
      pause = Math.min(pause * 1.5, step.health?.intervalMs ?? 500, 1_000);
    }
    return true;
  };
  if (await isHealthyWithin(placeMs)) return;
  await context.aside(() => isHealthyWithin(Number.POSITIVE_INFINITY), true);
}

/**
 * How long Docker may take to say something of its own check: twice what its slowest verdict takes, by which every look
 * of its runs for as long as it may. What we count ourselves ends by itself.
 *
 * @returns milliseconds
 */
function patienceMs(health: HealthCheck | null): number {
  if (health?.type !== 'exec') return Number.POSITIVE_INFINITY;
  return 2 * (health.startPeriodMs + (health.retries + 1) * (health.intervalMs + health.timeoutMs));
}

/** The engine's trouble, and not the container's: nothing is known of its health. */
function withoutVerdict(name: string, { detail }: Verdict): ReconcilerError {
  const message = `${name} is neither healthy nor unhealthy by the engine's own check, long after it should be: ${detail}. Look at the engine's log`;
  return new ReconcilerError('container/no-verdict', message, { retry: 'backoff' });
}

interface Verdict {
  readonly healthy: boolean;
  readonly detail: string;
  /** No further look can change it. */
  readonly final: boolean;
}

async function check(
  inspect: ContainerInspect,
  { health, settleMs }: StepArgs['container.await-healthy'],
  context: StepContext,
  elapsedMs: number,
): Promise<Verdict> {
  if (health === null) {
    return { healthy: elapsedMs >= settleMs, detail: 'it has not run long enough yet', final: false };
  }
  if (health.type === 'exec') {
    const { Status: status = 'none', Log: log } = inspect.State.Health ?? {};
    const output = log?.at(-1)?.Output.trim() ?? '';
    return {
      healthy: status === 'healthy',
      detail: output || `Docker says ${status}`,
      final: status === 'unhealthy',
    };
  }
  const probe = await probeHttp(inspect, health, context);
  return { ...probe, final: false };
}

async function probeHttp(
  inspect: ContainerInspect,
  health: HealthCheck & { type: 'http' },
  context: StepContext,
): Promise<{ healthy: boolean; detail: string }> {
  const address = addressOf(inspect);
  if (address === null) return { healthy: false, detail: `the container is ${inspect.State.Status}` };
  return context.probe.http({ address, port: health.port, path: health.path }, health.timeoutMs);
}

/** Where the reconciler reaches a container: its address on the tenants' bridge. */
export function addressOf(inspect: ContainerInspect): string | null {
  const networks = Object.values(inspect.NetworkSettings.Networks ?? {});
  return networks.map((network) => network.IPAddress).find((address) => address !== '') ?? null;
}

/** Policies by which the engine begins a container again that ended by itself; one that was stopped it leaves. */
const beginsAgain: ReadonlySet<string> = new Set(['always', 'unless-stopped']);

/**
 * The engine begins a container again that ends by itself, with any exit code or out of memory, and says so by
 * `restarting` and the number of restarts; `exited` it is only where somebody asked for its end (or the engine itself
 * shut down), or with an error where it could not be begun again.
 */
function throwUnlessUp(
  inspect: ContainerInspect,
  { container, health }: StepArgs['container.await-healthy'],
): void {
  const { Status: status, ExitCode: code, OOMKilled: oom, Error: error } = inspect.State;
  const { name } = container;
  const why = oom ? ' (it ran out of memory)' : error === '' ? '' : ` (${error})`;
  const restarts = inspect.RestartCount;
  if (restarts > 0 && restarts >= (health?.retries ?? 1)) {
    // While it runs once more, the engine has forgotten how the last run ended.
    const how = status === 'running' ? '' : `, with code ${code}`;
    throw new UnhealthyError(`${name} keeps exiting${how}${why}: ${restarts} restarts so far`);
  }
  if (status === 'exited') {
    const { Name: policy } = inspect.HostConfig.RestartPolicy;
    if (error === '' && beginsAgain.has(policy)) throw byAnotherHand(`${name} was stopped (code ${code})`);
    throw new UnhealthyError(`${name} exited with code ${code}${why}`);
  }
  if (status === 'dead' || status === 'removing') throw byAnotherHand(`${name} is being removed`);
  if (status === 'paused') throw byAnotherHand(`${name} was paused`);
  if (status === 'running' && addressOf(inspect) === null)
    throw byAnotherHand(`${name} was taken off its network`);
}
