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

/** Between looks at a container that is coming up: soon at first, then at the check's own pace. */
const firstPauseMs = 50;

/**
 * Waits until the container is healthy: its HTTP check answers, Docker's own check says so, or, without a check, it
 * has run for `settleMs` without a restart.
 *
 * @throws UnhealthyError when it exits, restarts, or fails `retries` checks in a row after its start period
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
  let nextCounted = (step.health?.startPeriodMs ?? 0) + began;
  for (;;) {
    signal.throwIfAborted();
    const inspect = await context.docker.inspectContainer(id);
    throwIfDown(inspect, step);
    const verdict = await check(inspect, step, context, clock.monotonic() - began);
    if (verdict.healthy) return;
    if (verdict.final) throw new UnhealthyError(`${step.container.name} is unhealthy: ${verdict.detail}`);
    if (step.health !== null && clock.monotonic() >= nextCounted) {
      failures += 1;
      nextCounted = clock.monotonic() + step.health.intervalMs;
      if (failures >= step.health.retries) {
        throw new UnhealthyError(
          `${step.container.name} failed ${failures} health checks in a row, the last with: ${verdict.detail}`,
        );
      }
    }
    await clock.sleep(pause, signal);
    pause = Math.min(pause * 1.5, step.health?.intervalMs ?? 500, 1_000);
  }
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
    // Docker counts the retries and the start period of its own checks.
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
  if (address === null) return { healthy: false, detail: 'the container has no address on its network' };
  return context.probe.http({ address, port: health.port, path: health.path }, health.timeoutMs);
}

/** Where the reconciler reaches a container: its address on the tenants' bridge. */
export function addressOf(inspect: ContainerInspect): string | null {
  const networks = Object.values(inspect.NetworkSettings.Networks ?? {});
  return networks.map((network) => network.IPAddress).find((address) => address !== '') ?? null;
}

function throwIfDown(
  inspect: ContainerInspect,
  { container, health }: StepArgs['container.await-healthy'],
): void {
  const { Status: status, ExitCode: code, OOMKilled: oom, Error: error } = inspect.State;
  const why = oom ? ' (it ran out of memory)' : error === '' ? '' : ` (${error})`;
  if (status === 'exited' || status === 'dead') {
    throw new UnhealthyError(`${container.name} exited with code ${code}${why}`);
  }
  const restarts = inspect.RestartCount;
  if (restarts > 0 && restarts >= (health?.retries ?? 1)) {
    throw new UnhealthyError(
      `${container.name} keeps exiting, with code ${code}${why}: ${restarts} restarts so far`,
    );
  }
}
