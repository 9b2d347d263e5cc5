import { describe, expect, it } from 'vitest';
import { plain } from '../../../../deploy/cli/output/colours.ts';
import { driftLines } from '../../../../deploy/cli/output/drift.ts';
import { statusLines, tenantStatusLines } from '../../../../deploy/cli/output/status.ts';
import { containerChange, now, revision } from '../plans.ts';
import { nodeStatus, tenantStatus } from '../statuses.ts';

const layout = { width: 80, colours: plain };
const page = (lines: readonly string[]): string => `\n${lines.join('\n')}\n`;

describe('the status of a node', () => {
  it('has a line a tenant, and says how old it is and who wrote it', () => {
    const status = nodeStatus({
      tenants: [
        tenantStatus('acme'),
        tenantStatus('initech', { state: 'stopped', health: { state: 'none', detail: '' }, address: null }),
      ],
    });
    expect(page(statusLines({ status, writer: 'running', now }, layout))).toMatchInlineSnapshot(`
      "
      worker-1 at 4f2c1d9e, Docker 20.10.24
      as of 2026-11-21 10:31:01Z, 4 s ago; reconciler running (process 4711)

      TENANT   PHASE   STATE    HEALTH   IMAGE                ADDRESS
      acme     InSync  running  healthy  runtime:sha-4f2c1d9  10.210.0.2
      initech  InSync  stopped  -        runtime:sha-4f2c1d9  -
      "
    `);
  });

  it('says that nobody keeps it up to date any more', () => {
    const gone = statusLines({ status: nodeStatus(), writer: 'gone', now }, layout).join(' ');
    expect(gone).toContain('the reconciler that wrote it (process 4711) no longer runs');
    const once = statusLines({ status: nodeStatus({ pid: null }), writer: 'gone', now }, layout).join(' ');
    expect(once).toContain('written by a single run');
  });

  it('says since when passes fail and why', () => {
    const message = 'cannot list containers: no connection to the Docker Engine';
    const status = nodeStatus({ trouble: { since: now - 60_000, message } });
    const lines = statusLines({ status, writer: 'running', now }, layout).join(' ');
    expect(lines).toContain('passes fail since 2026-11-21 10:30:05Z');
    expect(lines.replace(/\s+/g, ' ')).toContain(message);
  });

  it('tells why tenants are not in sync, what is held, what is wrong in Git, and what is kept', () => {
    const status = nodeStatus({
      source: { state: 'unreachable', detail: 'connection refused', since: now },
      tenants: [tenantStatus('acme', { phase: 'Failed', reason: 'no such image' })],
      holds: [
        {
          kind: 'mass-removal',
          tenants: ['a', 'b'],
          message: '2 of 3 tenants would be removed from worker-1.',
        },
      ],
      problems: [
        {
          code: 'schema/type',
          severity: 'error',
          path: 'tenants/acme/tenant.yaml',
          line: 7,
          column: 3,
          pointer: '/spec/node',
          message: 'It must be a text.',
        },
      ],
      retained: [{ volume: 'tenant_old_state', tenant: 'old' }],
      notActedOn: [{ kind: 'Job', path: 'tenants/acme/jobs/nightly.yaml' }],
    });
    expect(page(statusLines({ status, writer: 'running', now }, layout))).toMatchInlineSnapshot(`
      "
      worker-1 at 4f2c1d9e, Docker 20.10.24
      as of 2026-11-21 10:31:01Z, 4 s ago; reconciler running (process 4711)
      repository unreachable: connection refused

      TENANT  PHASE   STATE    HEALTH   IMAGE                ADDRESS
      acme    Failed  running  healthy  runtime:sha-4f2c1d9  10.210.0.2

      acme: no such image

      held: 2 of 3 tenants would be removed from worker-1.
        tenants: a, b

      The newest revision has 1 error:
      error tenants/acme/tenant.yaml:7:3: It must be a text. (/spec/node)

      1 volume kept that nothing uses: tenant_old_state
      valid, but this version runs no such documents: tenants/acme/jobs/nightly.yaml
      "
    `);
  });

  it('of one tenant has all that is known of it', () => {
    const tenant = tenantStatus('acme', {
      pairing: { token: '2', state: 'waiting-for-scan', at: now, detail: '' },
      lastResult: {
        tenant: 'acme',
        revision,
        outcome: 'failed',
        steps: [],
        error: { code: 'docker/timeout', message: 'the engine did not answer', retry: 'backoff' },
        at: now - 60_000,
        ms: 10_000,
      },
    });
    expect(
      page(
        tenantStatusLines(
          { status: nodeStatus({ tenants: [tenant] }), writer: 'running', now },
          tenant,
          layout,
        ),
      ),
    ).toMatchInlineSnapshot(`
      "
      worker-1 at 4f2c1d9e, Docker 20.10.24
      as of 2026-11-21 10:31:01Z, 4 s ago; reconciler running (process 4711)

      acme
        phase       InSync since 2026-11-21 09:31:05Z (60 min)
        revision    4f2c1d9e
        state       running, started 2026-11-21T09:31:05Z
        health      healthy: HTTP 200 in 3 ms
        image       registry.example.com/runtime:sha-4f2c1d9
        container   c0ffeec0ffee
        address     10.210.0.2
        pairing     token 2 waiting-for-scan (2026-11-21 10:31:05Z)
        last action failed 60 s ago: the engine did not answer
      "
    `);
  });
});

describe('drift', () => {
  it('is told field by field: what was found, what is wanted, since when and by which event', () => {
    const tenant = tenantStatus('acme', {
      phase: 'Drifted',
      reason: 'drift is shown and not healed',
      changes: [
        containerChange('acme', {
          cause: 'drift',
          since: now - 180_000,
          event: { action: 'update', time: now - 180_000, detail: '' },
          fields: [{ path: 'memoryBytes', desired: 512 * 1024 ** 2, actual: 64 * 1024 ** 2 }],
        }),
        containerChange('acme', { fields: [{ path: 'pids', desired: 1, actual: 2 }] }),
      ],
    });
    expect(page(driftLines([tenant, tenantStatus('globex')], now, layout))).toMatchInlineSnapshot(`
      "
      acme (Drifted)
        drift is shown and not healed
        container tenant_acme_runtime differs since 2026-11-21 10:28:05Z (3 min ago),
          Docker event: update
          memoryBytes: found 64Mi, wanted 512Mi
      "
    `);
  });

  it('is denied in one sentence where there is none', () => {
    expect(driftLines([tenantStatus('acme')], now, layout)).toEqual([
      'No drift: nobody but Tenantry has changed what it manages.',
    ]);
  });
});
