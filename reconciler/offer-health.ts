import type { CallStats } from './adapters/docker-count.ts';
import { startHealthServer } from './adapters/health-server.ts';
import { watchProcess } from './adapters/process-facts.ts';
import type { Log } from './log.ts';
import { nodeMetrics } from './report/node-metrics.ts';
import type { PassRecord } from './report/pass-record.ts';
import { prometheusText } from './report/prometheus.ts';

/** Health and metrics on the loopback address, until disposed of. */
export async function offerHealth(
  wanted: number,
  { record, calls, log }: { record: PassRecord; calls: () => CallStats; log: Log },
): Promise<AsyncDisposable> {
  const own = watchProcess();
  const metrics = (): string =>
    prometheusText(nodeMetrics({ passes: record.view, calls: calls(), process: own.facts() }));
  const answers = { health: () => record.health(), readiness: () => record.readiness(), metrics };
  const server = await startHealthServer(wanted, answers);
  log.info({ port: server.port }, `health and metrics are at http://127.0.0.1:${server.port}`);
  return {
    async [Symbol.asyncDispose]() {
      await server.close();
      own.stop();
    },
  };
}
