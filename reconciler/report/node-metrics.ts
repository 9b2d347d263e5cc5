import type { PassView } from './pass-record.ts';
import type { MetricFamily } from './prometheus.ts';
import { phases, sourceStates } from './status.ts';

/** What the process says of itself; times in seconds, memory in bytes. */
export interface ProcessFacts {
  readonly startedAt: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** How late timers fire, since the process began: what a blocked event loop shows. */
  readonly loopDelay: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface MetricsInput {
  readonly passes: PassView;
  /** Docker calls since the start. */
  readonly calls: { readonly reads: number; readonly mutations: number };
  readonly process: ProcessFacts;
}

/** What a node's reconciler shows to Prometheus. Pure. */
export function nodeMetrics({ passes, calls, process }: MetricsInput): MetricFamily[] {
  return [...passMetrics(passes), callMetrics(calls), ...statusMetrics(passes), ...processMetrics(process)];
}

function passMetrics({ succeeded, failed, totalMs, lastSuccessAt }: PassView): MetricFamily[] {
  return [
    {
      name: 'tenantry_passes_total',
      help: 'Passes that ended, by result.',
      type: 'counter',
      samples: [
        { labels: { result: 'succeeded' }, value: succeeded },
        { labels: { result: 'failed' }, value: failed },
      ],
    },
    {
      name: 'tenantry_pass_duration_seconds',
      help: 'Time that passes took.',
      type: 'summary',
      samples: [
        { suffix: '_sum', value: totalMs / 1_000 },
        { suffix: '_count', value: succeeded + failed },
      ],
    },
    gauge(
      'tenantry_last_pass_timestamp_seconds',
      'When a pass last succeeded.',
      lastSuccessAt === null ? null : lastSuccessAt / 1_000,
    ),
  ];
}

function callMetrics({ reads, mutations }: MetricsInput['calls']): MetricFamily {
  return {
    name: 'tenantry_docker_calls_total',
    help: 'Calls to the Docker Engine, by whether they only read.',
    type: 'counter',
    samples: [
      { labels: { kind: 'read' }, value: reads },
      { labels: { kind: 'change' }, value: mutations },
    ],
  };
}

function statusMetrics({ status, revisionSince }: PassView): MetricFamily[] {
  if (status === null || revisionSince === null) return [];
  const inPhase = Map.groupBy(status.tenants, ({ phase }) => phase);
  return [
    {
      name: 'tenantry_tenants',
      help: 'Tenants of this node, by phase.',
      type: 'gauge',
      samples: phases.map((phase) => ({ labels: { phase }, value: inPhase.get(phase)?.length ?? 0 })),
    },
    {
      name: 'tenantry_source_state',
      help: 'Where the repository stands: 1 for the state that applies.',
      type: 'gauge',
      samples: sourceStates.map((state) => ({
        labels: { state },
        value: state === status.source.state ? 1 : 0,
      })),
    },
    {
      name: 'tenantry_revision_info',
      help: 'The newest revision that was fetched.',
      type: 'gauge',
      samples: [{ labels: { revision: status.revision }, value: 1 }],
    },
    gauge(
      'tenantry_revision_timestamp_seconds',
      'When that revision was first seen by this process.',
      revisionSince / 1_000,
    ),
  ];
}

function processMetrics(facts: ProcessFacts): MetricFamily[] {
  const { p50, p99, max } = facts.loopDelay;
  return [
    {
      name: 'tenantry_event_loop_delay_seconds',
      help: 'How late timers fire; the quantile 1 is the worst since the start.',
      type: 'summary',
      samples: [
        { labels: { quantile: '0.5' }, value: p50 },
        { labels: { quantile: '0.99' }, value: p99 },
        { labels: { quantile: '1' }, value: max },
      ],
    },
    {
      name: 'process_cpu_seconds_total',
      help: 'User and system CPU time.',
      type: 'counter',
      samples: [{ value: facts.cpuSeconds }],
    },
    gauge('process_resident_memory_bytes', 'Memory in use.', facts.residentBytes),
    gauge('nodejs_heap_size_used_bytes', 'Memory of JavaScript values.', facts.heapBytes),
    gauge('process_start_time_seconds', 'When the process began.', facts.startedAt),
  ];
}

/** Null is told by leaving the metric out: a missing time is not the beginning of 1970. */
function gauge(name: string, help: string, value: number | null): MetricFamily {
  return { name, help, type: 'gauge', samples: value === null ? [] : [{ value }] };
}
