/**
 * What holds where the repository says nothing. The schemas print these as `default`; whoever resolves a tenant
 * applies them. A plan's `resources` and the platform's `defaults.runtime` come before them.
 */
export const defaults = {
  runtime: {
    state: 'running',
    restart: '',
    resources: { memory: '256Mi', cpus: 0.5, pids: 256 },
    health: { interval: '5s', timeout: '2s', retries: 3, startPeriod: '20s' },
    update: { strategy: 'stop-first', drain: '10s' },
    readOnlyRoot: true,
    tmpfs: [{ path: '/tmp', size: '64Mi' }],
    reloadSignal: 'SIGHUP',
  },
  tmpfsSize: '64Mi',
  secretAs: 'file',
  volumeBackup: false,
  whatsapp: { enabled: false, pairing: '', disconnect: '', port: 8080 },
  drift: 'heal',
  guards: { removal: { percent: 10, atLeast: 1 } },
  node: {
    ports: { http: 80, https: 443, metrics: 9464 },
    network: { pool: '10.210.0.0/16', shards: 4 },
    backupKeep: 7,
  },
  job: { timezone: 'UTC', timeout: '10m', concurrency: 'forbid' },
  site: { tls: 'auto', redirectStatus: 308, staticStatus: 200, realm: 'Restricted' },
  stack: { compose: 'compose.yaml' },
  skill: { enabled: true },
} as const;
