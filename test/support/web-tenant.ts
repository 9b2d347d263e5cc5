/** A runtime of a megabyte, of the busybox image: it serves files, and `/health` among them; it ends when asked to. */
const script = [
  'mkdir -p /tmp/www && echo ok > /tmp/www/health',
  '/bin/busybox httpd -f -p 8080 -h /tmp/www & server=$!',
  'trap "kill $server; exit" TERM',
  'wait $server',
].join('\n');

/** The definition of a tenant with a real health endpoint that costs little enough to have hundreds of them. */
export function webTenant(image: string): {
  readonly image: string;
  readonly runtime: Readonly<Record<string, unknown>>;
} {
  return {
    image,
    runtime: {
      command: ['/bin/busybox', 'sh', '-c', script],
      health: {
        http: { path: '/health', port: 8080 },
        interval: '1s',
        timeout: '5s',
        retries: 5,
        startPeriod: '30s',
      },
      resources: { memory: '32Mi', cpus: 0.2, pids: 32 },
      update: { strategy: 'stop-first', drain: '1s' },
    },
  };
}
