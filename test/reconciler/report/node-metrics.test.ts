import { expect, test } from 'vitest';
import { nodeMetrics } from '../../../reconciler/report/node-metrics.ts';
import { PassRecord } from '../../../reconciler/report/pass-record.ts';
import { prometheusText } from '../../../reconciler/report/prometheus.ts';
import { nodeStatus, tenantStatus } from '../../deploy/cli/statuses.ts';
import { FakeClock } from '../../support/fake-ports.ts';

const process = {
  startedAt: 1_700_000_000,
  cpuSeconds: 1.5,
  residentBytes: 90_000_000,
  heapBytes: 20_000_000,
  loopDelay: { p50: 0.001, p99: 0.02, max: 0.19 },
};
const calls = { reads: 120, mutations: 7 };

function linesOf(record: PassRecord): string[] {
  const lines = prometheusText(nodeMetrics({ passes: record.view, calls, process })).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

test('before the first pass there is nothing of tenants, the repository or times', () => {
  const names = new Set(linesOf(new PassRecord(new FakeClock())).map((line) => line.split(/[{ ]/)[0]));
  expect([...names]).toEqual([
    'tenantry_passes_total',
    'tenantry_pass_duration_seconds_sum',
    'tenantry_pass_duration_seconds_count',
    'tenantry_docker_calls_total',
    'tenantry_event_loop_delay_seconds',
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'nodejs_heap_size_used_bytes',
    'process_start_time_seconds',
  ]);
});

test('tenants are counted in every phase, also in those that none is in', async () => {
  const clock = new FakeClock();
  const record = new PassRecord(clock);
  const status = nodeStatus({
    tenants: [tenantStatus('acme'), tenantStatus('globex'), tenantStatus('initech', { phase: 'Failed' })],
    source: { state: 'unreachable', detail: 'no answer', since: 0 },
  });
  record.began();
  await clock.sleep(500);
  record.succeeded(status);
  record.began();
  await clock.sleep(1_500);
  record.failed(new Error('away'));
  expect(linesOf(record)).toEqual([
    'tenantry_passes_total{result="succeeded"} 1',
    'tenantry_passes_total{result="failed"} 1',
    'tenantry_pass_duration_seconds_sum 2',
    'tenantry_pass_duration_seconds_count 2',
    `tenantry_last_pass_timestamp_seconds ${(clock.now() - 1_500) / 1_000}`,
    'tenantry_docker_calls_total{kind="read"} 120',
    'tenantry_docker_calls_total{kind="change"} 7',
    'tenantry_tenants{phase="InSync"} 2',
    'tenantry_tenants{phase="Progressing"} 0',
    'tenantry_tenants{phase="Drifted"} 0',
    'tenantry_tenants{phase="Held"} 0',
    'tenantry_tenants{phase="Degraded"} 0',
    'tenantry_tenants{phase="Failed"} 1',
    'tenantry_tenants{phase="Suspended"} 0',
    'tenantry_source_state{state="ok"} 0',
    'tenantry_source_state{state="unreachable"} 1',
    'tenantry_source_state{state="rewritten"} 0',
    'tenantry_source_state{state="invalid"} 0',
    'tenantry_source_state{state="unrecorded"} 0',
    `tenantry_revision_info{revision="${status.revision}"} 1`,
    `tenantry_revision_timestamp_seconds ${(clock.now() - 1_500) / 1_000}`,
    'tenantry_event_loop_delay_seconds{quantile="0.5"} 0.001',
    'tenantry_event_loop_delay_seconds{quantile="0.99"} 0.02',
    'tenantry_event_loop_delay_seconds{quantile="1"} 0.19',
    'process_cpu_seconds_total 1.5',
    'process_resident_memory_bytes 90000000',
    'nodejs_heap_size_used_bytes 20000000',
    'process_start_time_seconds 1700000000',
  ]);
});
