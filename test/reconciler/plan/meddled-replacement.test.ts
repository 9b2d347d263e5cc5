import { expect, test } from 'vitest';
import type { DesiredTenant } from '../../../desired-state/model.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox, sentences } from '../../support/sandbox.ts';

const v2 = 'registry.example.com/runtime:v2.0.0';
const shard = 'tenantry-test-worker-1-10.210.64.0-18';
const health = {
  type: 'http',
  path: '/api/health',
  port: 8080,
  intervalMs: 1_000,
  timeoutMs: 500,
  retries: 3,
  startPeriodMs: 10_000,
} as const;
const stopFirst = { strategy: 'stop-first', drainMs: 10_000 } as const;
const startFirst = { strategy: 'start-first', drainMs: 10_000 } as const;

type Deed = (sandbox: Sandbox, id: string) => unknown;

function container({ engine }: Sandbox, name: string) {
  const found = [...engine.containers.values()].find(({ Name }) => Name === `/${name}`);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

/** A replacement whose new container another hand meddles with while it is not healthy yet; its retry is due. */
async function meddledWith(
  deed: Deed,
  fresh: string,
  more: Partial<DesiredTenant>,
): Promise<{ sandbox: Sandbox; before: string }> {
  const sandbox = new Sandbox();
  sandbox.commit(desiredState([tenant('acme', { ...more, health })], 'a'.repeat(40)));
  await sandbox.converge();
  const before = container(sandbox, 'tenant_acme_runtime').Id;
  sandbox.commit(desiredState([tenant('acme', { ...more, health, image: v2 })], 'b'.repeat(40)));
  const answer = sandbox.probe.http.bind(sandbox.probe);
  sandbox.probe.http = async () => {
    sandbox.probe.http = answer;
    await deed(sandbox, container(sandbox, fresh).Id);
    return { healthy: false, detail: 'HTTP 503 in 1 ms' };
  };
  await sandbox.converge();
  expect((await sandbox.status()).tenants).toMatchObject([{ quarantine: null }]);
  await sandbox.clock.sleep(60_000);
  return { sandbox, before };
}

async function finishes(sandbox: Sandbox): Promise<void> {
  await sandbox.converge();
  expect((await sandbox.status()).tenants).toMatchObject([{ phase: 'InSync', image: v2 }]);
  sandbox.takeCalls();
  await sandbox.converge();
  expect(sandbox.takeCalls()).toEqual([]);
}

const disconnect: Deed = ({ engine }, id) => engine.disconnectNetwork(shard, id);
const pause: Deed = ({ engine }, id) => engine.pauseContainer(id);
const rob: Deed = ({ engine }, id) =>
  engine.updateContainer(id, { Memory: 8_388_608, MemorySwap: 8_388_608 });
const kill: Deed = ({ engine }, id) => engine.signalContainer(id, 'SIGKILL');
const finished = [
  'wait until tenant_acme_runtime is healthy',
  'remove container tenant_acme_runtime_old (volumes stay)',
];

test.each<[string, Deed, readonly string[]]>([
  ['killed', kill, ['start tenant_acme_runtime']],
  ['stopped', ({ engine }, id) => engine.stopContainer(id), ['start tenant_acme_runtime']],
  ['paused', pause, ['unpause tenant_acme_runtime']],
  ['taken off its network', disconnect, [`connect tenant_acme_runtime to ${shard}`]],
  [
    'robbed of its memory and killed',
    async (...its) => {
      await rob(...its);
      await kill(...its);
    },
    ['update tenant_acme_runtime in place: memory', 'start tenant_acme_runtime'],
  ],
])(
  'a new container that is %s while it comes up is no bad one: it is put right and waited for',
  async (_, deed, mended) => {
    const { sandbox } = await meddledWith(deed, 'tenant_acme_runtime', { update: stopFirst });
    expect(sentences(await sandbox.plan())).toEqual([...mended, ...finished]);
    await finishes(sandbox);
  },
);

test('also where drift is only reported: what is unproven is still being made', async () => {
  const { sandbox } = await meddledWith(disconnect, 'tenant_acme_runtime', {
    update: stopFirst,
    drift: 'report',
  });
  expect(sentences(await sandbox.plan())).toEqual([`connect tenant_acme_runtime to ${shard}`, ...finished]);
  await finishes(sandbox);
});

test.each<[string, Deed]>([
  ['paused', pause],
  ['taken off its network', disconnect],
  [
    'robbed of its memory and killed',
    async (...its) => {
      await rob(...its);
      await kill(...its);
    },
  ],
])(
  'INV-11: a replacement that is %s before it serves is made anew, and what serves serves on',
  async (_, deed) => {
    const { sandbox, before } = await meddledWith(deed, 'tenant_acme_runtime_next', { update: startFirst });
    expect(container(sandbox, 'tenant_acme_runtime')).toMatchObject({ Id: before, State: { Running: true } });
    expect(sentences(await sandbox.plan()).slice(0, 2)).toEqual([
      'remove container tenant_acme_runtime_next (volumes stay)',
      `create container tenant_acme_runtime_next from ${v2}`,
    ]);
    await finishes(sandbox);
  },
);

test('a replacement that is only killed before it serves is begun again as it stands', async () => {
  const { sandbox } = await meddledWith(kill, 'tenant_acme_runtime_next', { update: startFirst });
  expect(sentences(await sandbox.plan()).slice(0, 2)).toEqual([
    'start tenant_acme_runtime_next',
    'wait until tenant_acme_runtime_next is healthy',
  ]);
  await finishes(sandbox);
});
