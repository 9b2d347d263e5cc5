import { describe, expect, it } from 'vitest';
import { plain } from '../../../../deploy/cli/output/colours.ts';
import { planLines } from '../../../../deploy/cli/output/plan.ts';
import { planMarkdown } from '../../../../deploy/cli/output/plan-markdown.ts';
import { visibleLength } from '../../../../deploy/cli/output/text.ts';
import type { Plan } from '../../../../reconciler/plan/plan.ts';
import { containerChange, now, planOf, spec, tenantPlan } from '../plans.ts';

const layout = { width: 80, colours: plain };
const container = { name: 'tenant_acme_runtime', id: 'c1' };

function render(plan: Plan, options: { readonly steps?: boolean } = {}): string {
  const view = { plan, subject: 'acme: set LOG_LEVEL to debug', now, steps: options.steps ?? false };
  const lines = planLines(view, layout);
  for (const line of lines) expect(visibleLength(line), line).toBeLessThanOrEqual(80);
  return `\n${lines.join('\n')}\n`;
}

describe('a plan for reading', () => {
  it('says in one sentence that there is nothing to do', () => {
    expect(render(planOf({ tenants: [tenantPlan('acme', {})] }))).toMatchInlineSnapshot(`
      "
      No changes. Docker matches 4f2c1d9e “acme: set LOG_LEVEL to debug”.
      "
    `);
  });

  it('shows a new tenant with its network, and each step when asked', () => {
    const plan = planOf({
      networks: [
        {
          action: 'network.create',
          network: {
            kind: 'network',
            name: 'tenantry-demo-worker-1-10.210.0.0-18',
            subnet: '10.210.0.0/18',
            isolated: true,
          },
        },
      ],
      tenants: [
        tenantPlan('umbrella', {
          changes: [
            {
              resource: { kind: 'volume', name: 'tenant_umbrella_state' },
              kind: 'create',
              fields: [],
              cause: 'commit',
            },
            {
              resource: { kind: 'files', name: 'umbrella' },
              kind: 'create',
              fields: [{ path: 'config.json', desired: 'ab12cd34ef56' }],
              cause: 'commit',
            },
            containerChange('umbrella', { kind: 'create' }),
          ],
          waves: [
            [{ action: 'image.pull', ref: spec.image }],
            [{ action: 'container.create', name: 'tenant_umbrella_runtime', spec, specHash: 'v1:0' }],
            [{ action: 'container.start', container: { name: 'tenant_umbrella_runtime', id: null } }],
          ],
          cost: { interruption: 'new', seconds: 0, text: 'created' },
        }),
      ],
    });
    expect(render(plan, { steps: true })).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

        + create network tenantry-demo-worker-1-10.210.0.0-18 (10.210.0.0/18, tenants
          isolated)

        + umbrella: created
            + volume tenant_umbrella_state (commit 4f2c1d9e)
            + managed files of umbrella (commit 4f2c1d9e)
                + config.json: sha256:ab12cd34…
            + container tenant_umbrella_runtime (commit 4f2c1d9e)
            1. pull image registry.example.com/runtime:sha-4f2c1d9
            2. create container tenant_umbrella_runtime from
               registry.example.com/runtime:sha-4f2c1d9
            3. start tenant_umbrella_runtime

      Plan: 1 to create, 0 to update in place, 0 to replace, 0 to remove; 0 unchanged.
      "
    `);
  });

  it('shows an update in place with sizes as people write them', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [
            containerChange('acme', {
              fields: [
                { path: 'memoryBytes', desired: 256 * 1024 ** 2, actual: 512 * 1024 ** 2 },
                { path: 'nanoCpus', desired: 500_000_000, actual: 0 },
              ],
            }),
          ],
          waves: [[{ action: 'container.update', container, set: { memoryBytes: 256 * 1024 ** 2 } }]],
          cost: { interruption: 'none', seconds: 0, text: 'in place, no interruption' },
        }),
        tenantPlan('globex', {}),
      ],
    });
    expect(render(plan)).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

        ~ acme: in place, no interruption
            ~ container tenant_acme_runtime (commit 4f2c1d9e)
                ~ memoryBytes: 512Mi -> 256Mi
                ~ nanoCpus: no limit -> 0.5 CPU

      Plan: 0 to create, 1 to update in place, 0 to replace, 0 to remove; 1 unchanged.
      "
    `);
  });

  it('shows a replacement with what was added, taken away and changed, and secrets by fingerprint only', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [
            containerChange('acme', {
              kind: 'replace',
              fields: [
                { path: 'command', desired: null, actual: ['sleep', '1'] },
                {
                  path: 'env.API_KEY',
                  desired: { secret: 'API_KEY', fingerprint: 'ab12cd34ef56' },
                  actual: { secret: 'API_KEY', fingerprint: '99887766aabb' },
                },
                { path: 'env.LOG_LEVEL', desired: 'debug' },
                { path: 'env.OLD', actual: '' },
                {
                  path: 'image',
                  desired: 'registry.example.com/tenantry/runtime:sha-9c3e0b7',
                  actual: 'registry.example.com/tenantry/runtime:sha-4f2c1d9',
                },
                {
                  path: 'mounts./data/state',
                  desired: { type: 'volume', source: 'tenant_acme_state', readOnly: false },
                },
              ],
            }),
          ],
          waves: [[{ action: 'container.stop', container, timeoutSeconds: 5 }]],
          cost: { interruption: 'down', seconds: 2, text: 'recreated, about 2 s down' },
        }),
      ],
    });
    expect(render(plan)).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

      -/+ acme: recreated, about 2 s down
          -/+ container tenant_acme_runtime (commit 4f2c1d9e)
                ~ command: ["sleep","1"] -> the image's own
                ~ env.API_KEY: (secret 9988…) -> (secret ab12…)
                + env.LOG_LEVEL: debug
                - env.OLD: ""
                ~ image:
                       registry.example.com/tenantry/runtime:sha-4f2c1d9
                    -> registry.example.com/tenantry/runtime:sha-9c3e0b7
                + mounts./data/state: volume tenant_acme_state (read-write)

      Plan: 0 to create, 0 to update in place, 1 to replace, 0 to remove; 0 unchanged.
      "
    `);
  });

  it('shows drift with since when and the event that made it', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [
            containerChange('acme', {
              cause: 'drift',
              since: now - 42_000,
              event: { action: 'die', time: now - 42_000, detail: 'exit code 137' },
              fields: [{ path: 'running', desired: true, actual: false }],
            }),
            {
              resource: { kind: 'files', name: 'acme' },
              kind: 'update',
              cause: 'drift',
              since: now - 7_200_000,
              fields: [{ path: 'prompts/greeting.json', desired: 'aaaaaaaaaaaa', actual: 'bbbbbbbbbbbb' }],
            },
          ],
          waves: [[{ action: 'container.start', container }]],
          cost: { interruption: 'new', seconds: 0, text: 'started' },
        }),
      ],
    });
    expect(render(plan)).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

        ~ acme: started
            ~ container tenant_acme_runtime
                drift since 2026-11-21 10:30:23Z (42 s ago), Docker event: die (exit
                  code 137)
                ~ running: stopped -> running
            ~ managed files of acme (drift since 2026-11-21 08:31:05Z (2 h ago))
                ~ prompts/greeting.json: sha256:bbbbbbbb… -> sha256:aaaaaaaa…

      Plan: 0 to create, 1 to update in place, 0 to replace, 0 to remove; 0 unchanged.
      "
    `);
  });

  it('shows a removal, what waits for an approval, what is kept, and a network that goes', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          revision: null,
          changes: [containerChange('acme', { kind: 'remove' })],
          waves: [[{ action: 'container.remove', container }]],
          cost: { interruption: 'down', seconds: 0, text: 'removed; volumes stay' },
        }),
        tenantPlan('globex', {
          revision: null,
          changes: [containerChange('globex', { kind: 'remove' })],
          refusals: [
            {
              reason: 'removal-held',
              message:
                '3 of 4 tenants would be removed from worker-1 and at most 1 may go at once without approval.',
            },
          ],
        }),
      ],
      cleanup: [{ action: 'network.remove', id: 'n1', name: 'tenantry-demo-worker-1-10.209.0.0-18' }],
      holds: [
        {
          kind: 'mass-removal',
          tenants: ['globex'],
          message:
            '3 of 4 tenants would be removed from worker-1. Approve with: tenantry approve --node worker-1',
        },
      ],
      retained: [{ volume: 'tenant_acme_state', tenant: 'acme' }],
    });
    expect(render(plan)).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

        - acme: removed; volumes stay
            - container tenant_acme_runtime (gone from Git)

          globex: left as found
            - container tenant_globex_runtime (gone from Git)
          ! removal-held: 3 of 4 tenants would be removed from worker-1 and at most 1
            may go at once without approval.

        - remove unused network tenantry-demo-worker-1-10.209.0.0-18

          ! held: 3 of 4 tenants would be removed from worker-1. Approve with:
            tenantry approve --node worker-1

          kept volume tenant_acme_state of acme, which nothing uses now

      Plan: 0 to create, 0 to update in place, 0 to replace, 1 to remove; 0 unchanged,
      1 left as found.
      "
    `);
  });

  it('lists the steps of a tenant that has something to do and no difference to show', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          waves: [[{ action: 'bridge.pair', tenant: 'acme', container, port: 8080, token: '2' }]],
          cost: { interruption: 'none', seconds: 0, text: 'in place, no interruption' },
        }),
      ],
    });
    expect(render(plan)).toMatchInlineSnapshot(`
      "
      Plan of worker-1 at 4f2c1d9e “acme: set LOG_LEVEL to debug”:

        ~ acme: in place, no interruption
            1. start pairing in tenant_acme_runtime (token 2)

      Plan: 0 to create, 1 to update in place, 0 to replace, 0 to remove; 0 unchanged.
      "
    `);
  });

  it('breaks values that are too long, and cuts nothing', () => {
    const long = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
    const fields = [{ path: 'env.TEXT', desired: `${long} new`, actual: long }];
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [containerChange('acme', { kind: 'replace', fields })],
          waves: [[{ action: 'container.start', container }]],
        }),
      ],
    });
    const text = render(plan);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`${long} -> ${long} new`);
  });

  it('shows control characters of a value as escapes', () => {
    const fields = [{ path: 'env.TITLE', desired: 'a\u001b[2Jb\u202e', actual: 'x\ny' }];
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [containerChange('acme', { kind: 'replace', fields })],
          waves: [[{ action: 'container.start', container }]],
        }),
      ],
    });
    expect(render(plan)).toContain(String.raw`~ env.TITLE: x\ny -> a\u001b[2Jb\u202e`);
  });
});

describe('a plan for a pull request', () => {
  it('is a table of tenants with the details folded away', () => {
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [containerChange('acme', { fields: [{ path: 'pids', desired: 128, actual: 64 }] })],
          waves: [[{ action: 'container.update', container, set: { pids: 128 } }]],
          cost: { interruption: 'none', seconds: 0, text: 'in place, no interruption' },
        }),
      ],
    });
    const view = { plan, subject: 'acme: more processes', now, steps: false };
    expect(`\n${planMarkdown(view).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ### Tenantry: \`worker-1\` at \`4f2c1d9e\`

      **Plan: 0 to create, 1 to update in place, 0 to replace, 0 to remove; 0 unchanged.**

      | tenant | what | for its users |
      |---|---|---|
      | \`acme\` | update in place | in place, no interruption |

      <details><summary>Details</summary>

      \`\`\`
      Plan of worker-1 at 4f2c1d9e “acme: more processes”:

        ~ acme: in place, no interruption
            ~ container tenant_acme_runtime (commit 4f2c1d9e)
                ~ pids: 64 -> 128

      Plan: 0 to create, 1 to update in place, 0 to replace, 0 to remove; 0 unchanged.
      \`\`\`

      </details>

      <details><summary>Steps</summary>

      \`\`\`
      acme: update tenant_acme_runtime in place: pids
      \`\`\`

      </details>
      "
    `);
  });

  it('has a fence that no value can end', () => {
    const fields = [{ path: 'env.X', desired: '```\n# injected', actual: '````' }];
    const plan = planOf({
      tenants: [
        tenantPlan('acme', {
          changes: [containerChange('acme', { kind: 'replace', fields })],
          waves: [[{ action: 'container.start', container }]],
        }),
      ],
    });
    const lines = planMarkdown({ plan, subject: null, now, steps: false });
    expect(lines.filter((line) => line === '`````')).toHaveLength(2);
  });
});
