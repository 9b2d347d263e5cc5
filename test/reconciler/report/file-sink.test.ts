import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openState } from '../../../reconciler/adapters/state.ts';
import { fileSink, readStatus } from '../../../reconciler/report/file-sink.ts';
import type { NodeStatus, TenantStatus } from '../../../reconciler/report/status.ts';
import { atRest } from '../../support/at-rest.ts';
import { FakeState } from '../../support/fake-ports.ts';

const first = 'a'.repeat(40);
const second = 'b'.repeat(40);

const tenantStatus = (tenant: string, parts: Partial<TenantStatus> = {}): TenantStatus => ({
  tenant,
  phase: 'InSync',
  reason: '',
  since: 1,
  revision: first,
  state: 'running',
  health: { state: 'none', detail: '' },
  image: null,
  imageId: null,
  containerId: null,
  startedAt: null,
  address: null,
  ...atRest,
  ...parts,
});
const nodeStatus = (tenants: readonly TenantStatus[], parts: Partial<NodeStatus> = {}): NodeStatus => ({
  platform: 'test',
  node: 'worker-1',
  engine: { id: 'x', version: '20.10', apiVersion: '1.41' },
  pid: 1,
  revision: first,
  baseRevision: first,
  source: { state: 'ok', detail: '', since: 0 },
  at: 5,
  tenants,
  holds: [],
  retained: [],
  problems: [],
  notActedOn: [],
  lastPass: { reads: 1, mutations: 0, ms: 1 },
  trouble: null,
  ...parts,
});
const name = (index: number) => `t-${String(index).padStart(4, '0')}`;
const fleet = (count: number) => Array.from({ length: count }, (_, index) => tenantStatus(name(index)));

class CountingState extends FakeState {
  written: string[] = [];
  override async write(document: string, value: unknown): Promise<void> {
    this.written.push(document);
    await super.write(document, value);
  }
  taken = (): string[] => this.written.splice(0);
}

describe('the status on disk', () => {
  test('of a small node is one document, as it always was', async () => {
    const state = new FakeState();
    const status = nodeStatus(fleet(3));
    await fileSink(state).publish(status);
    expect(JSON.parse(state.documents.get('status') ?? '')).toEqual(status);
    expect(await readStatus(state)).toEqual(status);
  });

  test('of a large node is read as it was published, whatever changed, came and went', async () => {
    const state = new CountingState();
    const sink = fileSink(state);
    const tenants = fleet(2_000);
    await sink.publish(nodeStatus(tenants));
    expect(await readStatus(state)).toEqual(nodeStatus(tenants));
    const changed = tenants.with(7, tenantStatus(name(7), { phase: 'Degraded', since: 9 })).toSpliced(11, 1);
    await sink.publish(nodeStatus([...changed, tenantStatus('zeta', { revision: null })], { at: 6 }));
    expect(await readStatus(state)).toEqual(
      nodeStatus([...changed, tenantStatus('zeta', { revision: null })], { at: 6 }),
    );
  });

  test('that is reported from two sides at once is written by one after the other, and the last one stays', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'tenantry-test-status-'));
    try {
      const state = openState(dir, (damage) => expect.unreachable(damage.reason));
      const sink = fileSink(state);
      const statuses = Array.from({ length: 20 }, (_, at) => nodeStatus(fleet(3), { at }));
      await Promise.all(statuses.map((status) => sink.publish(status)));
      expect(await readStatus(state)).toEqual(statuses.at(-1));
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  test('of a large node is written where it changed', async () => {
    const state = new CountingState();
    const sink = fileSink(state);
    const tenants = fleet(2_000);
    await sink.publish(nodeStatus(tenants));
    state.taken();
    await sink.publish(nodeStatus(tenants, { at: 6 }));
    expect(state.taken()).toEqual(['status']);
    await sink.publish(nodeStatus(tenants.with(7, tenantStatus(name(7), { phase: 'Failed' }))));
    expect(state.taken()).toEqual([expect.stringMatching(/^status-32-\d+$/), 'status']);
  });

  test('a commit that left tenants alone writes none of them, and all are at its revision', async () => {
    const state = new CountingState();
    const sink = fileSink(state);
    const tenants = fleet(2_000).with(4, tenantStatus(name(4), { revision: 'held' }));
    await sink.publish(nodeStatus(tenants));
    state.taken();
    const later = tenants.map((tenant) =>
      tenant.revision === first ? { ...tenant, revision: second } : tenant,
    );
    await sink.publish(nodeStatus(later, { revision: second }));
    expect(state.taken()).toEqual(['status']);
    expect(await readStatus(state)).toEqual(nodeStatus(later, { revision: second }));
  });

  test('a tenant that stays behind at a revision is written with it', async () => {
    const state = new CountingState();
    const sink = fileSink(state);
    const tenants = fleet(2_000);
    await sink.publish(nodeStatus(tenants));
    const later = tenants.map((tenant, at) => (at === 3 ? tenant : { ...tenant, revision: second }));
    await sink.publish(nodeStatus(later, { revision: second }));
    expect(await readStatus(state)).toEqual(nodeStatus(later, { revision: second }));
  });

  test('is nothing where none was written', async () => {
    expect(await readStatus(new FakeState())).toBeNull();
  });
});
