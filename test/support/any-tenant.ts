import fc from 'fast-check';
import type { DesiredTenant } from '../../desired-state/model.ts';
import { tenant } from './desired.ts';

const path = fc.stringMatching(/^\/[a-z]{1,8}(\/[a-z.]{1,8}){0,2}$/);
const text = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    '--privileged',
    '/var/run/docker.sock:/host',
    'host',
    '$(id)',
    'a=b\nPRIVILEGED=1',
    '../../etc',
  ),
);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
const timing = { intervalMs: 1_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 };

/** Any tenant that the model can hold, with texts that somebody might try to break out with. */
export const anyTenant: fc.Arbitrary<DesiredTenant> = fc
  .record({
    image: text,
    command: fc.option(fc.array(text, { maxLength: 3 })),
    user: fc.option(fc.constantFrom('0', 'root', '1000:1000')),
    state: fc.constantFrom('running' as const, 'stopped' as const),
    restart: text,
    env: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), text, { maxKeys: 4 }),
    secrets: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('TOKEN', 'PASSWORD', 'CERT'),
        as: fc.constantFrom('file' as const, 'env' as const),
        sealed: fc.constant('sealed'),
      }),
      { selector: (secret) => secret.name },
    ),
    resources: fc.record({ memoryBytes: fc.nat(), nanoCpus: fc.nat(), pids: fc.nat() }),
    readOnlyRoot: fc.boolean(),
    tmpfs: fc.array(fc.record({ path, sizeBytes: fc.nat() }), { maxLength: 2 }),
    health: fc.constantFrom(
      null,
      { ...timing, type: 'http' as const, path: '/', port: 8080 },
      { ...timing, type: 'exec' as const, command: ['check'] },
    ),
    volumes: fc.array(fc.record({ name, mountPath: path, backup: fc.boolean() }), { maxLength: 3 }),
    config: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }),
    labels: fc.dictionary(text, text, { maxKeys: 2 }),
  })
  .map((parts) => tenant('acme', parts));
