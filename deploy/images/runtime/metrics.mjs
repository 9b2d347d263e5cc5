/**
 * Prometheus text.
 *
 * @param {import('./runtime.mjs').Runtime} runtime
 * @param {ReadonlyMap<string, number>} requests count by `route status`
 * @returns {string}
 */
export function renderMetrics(runtime, requests) {
  const { version, tenant } = runtime.settings;
  const { loads, loadFailures, loaded } = runtime;
  return [
    metric('runtime_info', 'gauge', 'Version and tenant.', [[{ version, tenant }, 1]]),
    metric('runtime_healthy', 'gauge', '1 when healthy.', [[{}, runtime.health().healthy ? 1 : 0]]),
    metric('runtime_boots_total', 'counter', 'Starts on this state volume.', [
      [{}, runtime.state.snapshot.boots],
    ]),
    metric('runtime_loads_total', 'counter', 'Readings of the managed files that were taken.', [[{}, loads]]),
    metric('runtime_load_failures_total', 'counter', 'Readings that were not taken.', [[{}, loadFailures]]),
    metric('runtime_prompts', 'gauge', 'Prompts loaded.', [[{}, loaded.prompts.length]]),
    metric('runtime_skills', 'gauge', 'Skills loaded.', [[{}, loaded.skills.length]]),
    metric(
      'runtime_bridge_state',
      'gauge',
      '1 for the state that the bridge is in.',
      ['disconnected', 'pairing', 'connected'].map((state) => [
        { state },
        runtime.bridge.status.state === state ? 1 : 0,
      ]),
    ),
    metric(
      'runtime_http_requests_total',
      'counter',
      'Requests answered.',
      [...requests].map(([key, count]) => {
        const [route = '', status = ''] = key.split(' ');
        return [{ route, status }, count];
      }),
    ),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory.', [[{}, process.memoryUsage.rss()]]),
    metric('process_start_time_seconds', 'gauge', 'Start, Unix time.', [
      [{}, runtime.startedAt.getTime() / 1000],
    ]),
  ].join('');
}

/**
 * @param {string} name
 * @param {'counter' | 'gauge'} type
 * @param {string} help
 * @param {readonly (readonly [Readonly<Record<string, string>>, number])[]} samples
 */
function metric(name, type, help, samples) {
  const lines = samples.map(([labels, value]) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
