import { afterEach, describe, expect, test } from 'vitest';
import { EventShare } from '../../../reconciler/link/event-share.ts';
import { LinkSink } from '../../../reconciler/link/link-sink.ts';
import { hideWith, PieceMaker } from '../../../reconciler/link/pieces.ts';
import { Told } from '../../../reconciler/link/told.ts';
import type { NodeStatus } from '../../../reconciler/report/status.ts';
import { decodeNodeMessage, isSharedPiece, isTenantPiece } from '../../../schemas/link/decode.ts';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import { FleetState } from '../../../web/fleet/fleet-state.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { quiet, Sandbox } from '../../support/sandbox.ts';

const canary = 'hunter2-canary-7d1f';
let sandbox: Sandbox;
let entries: LinkEntry[];
let sink: LinkSink;
/** Of the node's clock that only goes forward. */
let minutes = 0;

/** A node that tells into a list, as a control node would get it: through JSON. */
function begin(): void {
  entries = [];
  const hide = hideWith(Buffer.from('a key'));
  const told = new Told(
    new PieceMaker(hide, { swapLimit: true, folders: { dataDir: '/data', secretsDir: '/secrets' } }),
    hide,
  );
  sandbox = new Sandbox({
    sink: (local) => {
      sink = new LinkSink({
        local,
        told,
        share: new EventShare(() => minutes * 60_000),
        log: quiet,
        onQr: () => undefined,
        outbox: {
          async append(entry) {
            const text = JSON.stringify({ type: 'entry', seq: 1, at: 1, entry });
            const message = decodeNodeMessage(text);
            if (message?.type !== 'entry') throw new Error(`this is no entry: ${text}`);
            entries.push(message.entry);
          },
        },
      });
      return sink;
    },
  });
}

afterEach(() => sandbox.stop());

const statuses = () => entries.filter((entry) => entry.kind === 'status');
const snapshots = () => entries.filter((entry) => entry.kind === 'snapshot');

/** What a control node makes of the entries that came until now. */
function understood(): Map<string, unknown> {
  const state = new FleetState();
  for (const [index, entry] of all.entries()) state.took('worker-1', index + 1, 1, entry);
  return new Map([...state.tenants].map(([name, byNode]) => [name, byNode.get('worker-1')?.status]));
}
let all: LinkEntry[] = [];

async function report(): Promise<NodeStatus> {
  const status = await sandbox.status();
  all.push(...entries);
  return status;
}

describe('what a node tells', () => {
  test('is everything at first, then only what is new, and nothing when nothing is', async () => {
    begin();
    all = [];
    sandbox.commit(desiredState([tenant('acme'), tenant('globex')]));
    await sandbox.converge();
    const first = await report();
    expect(understood()).toEqual(new Map(first.tenants.map((status) => [status.tenant, status])));
    entries = [];
    await report();
    expect(entries).toEqual([]);
    sandbox.commit(desiredState([tenant('acme', { env: { LOG_LEVEL: 'debug' } }), tenant('globex')]));
    await sandbox.converge();
    const second = await report();
    expect(statuses().flatMap(({ tenants }) => tenants.map((each) => each.tenant))).not.toContain('globex');
    expect(understood()).toEqual(new Map(second.tenants.map((status) => [status.tenant, status])));
  });

  test('INV-18: is also what the disk does not take', async () => {
    begin();
    sandbox.commit(desiredState([tenant('acme')]));
    await sandbox.converge();
    sandbox.state.write = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    await expect(report()).rejects.toThrow('ENOSPC');
    expect(statuses().flatMap(({ tenants }) => tenants.map((each) => each.tenant))).toEqual(['acme']);
  });

  test('of a commit that leaves the tenants alone is the node itself, and they go with it', async () => {
    begin();
    all = [];
    sandbox.commit({
      ...desiredState([tenant('acme')]),
      revision: 'a'.repeat(40),
      baseRevision: 'a'.repeat(40),
    });
    await sandbox.converge();
    await report();
    entries = [];
    sandbox.commit({
      ...desiredState([tenant('acme')]),
      revision: 'b'.repeat(40),
      baseRevision: 'b'.repeat(40),
    });
    await sandbox.converge();
    const status = await report();
    expect(statuses().flatMap(({ tenants }) => tenants)).toEqual([]);
    expect(understood()).toEqual(new Map(status.tenants.map((each) => [each.tenant, each])));
    expect(status.tenants[0]?.revision).toBe('b'.repeat(40));
  });

  test('after a loss is everything again, with all who are there', async () => {
    begin();
    all = [];
    sandbox.commit(desiredState([tenant('acme'), tenant('globex')]));
    await sandbox.converge();
    await report();
    entries = [];
    sink.tellAll();
    expect(statuses().at(-1)?.present).toEqual(['acme', 'globex']);
    expect(
      snapshots()
        .flatMap(({ tenants }) => tenants.map((each) => each.tenant))
        .sort(),
    ).toEqual(['acme', 'globex']);
  });

  test('of a tenant that talks without end is a share, and how much was passed over', async () => {
    begin();
    all = [];
    sandbox.commit(desiredState([tenant('acme')]));
    await sandbox.converge();
    entries = [];
    const say = (name: string) => sink.event({ tenant: name, at: 1, type: 'connected', data: {} });
    for (let count = 0; count < 1_000; count += 1) say('acme');
    say('globex');
    const told = entries.filter((entry) => entry.kind === 'event').map((entry) => entry.tenant);
    expect(told.at(-1)).toBe('globex');
    expect(told.length).toBeLessThan(400);
    const passedOver = 1_000 - (told.length - 1);
    minutes += 1;
    entries = [];
    say('acme');
    expect(entries).toMatchObject([
      { tenant: 'acme', type: 'events/passed-over', data: { count: passedOver } },
      { tenant: 'acme', type: 'connected' },
    ]);
  });

  test('is what the control node can plan from', async () => {
    begin();
    all = [];
    sandbox.commit(desiredState([tenant('acme')]));
    await sandbox.converge();
    await report();
    expect(snapshots().some(({ tenants }) => tenants.length > 0)).toBe(true);
    for (const { shared, tenants } of snapshots()) {
      if (shared !== undefined) expect(shared.value).toSatisfy(isSharedPiece);
      for (const { value } of tenants) expect(value).toSatisfy(isTenantPiece);
    }
  });

  test('INV-22: holds no value of another hand: not in the snapshot, not in the differences', async () => {
    begin();
    all = [];
    sandbox.commit(desiredState([tenant('acme', { env: { LOG_LEVEL: 'info' } })]));
    await sandbox.converge();
    const [container] = sandbox.engine.containers.values();
    if (container === undefined) throw new Error('there is no container');
    // Another hand made the container anew, with more in it.
    Object.assign(container.Config, {
      Env: [...(container.Config.Env ?? []), `STRIPE_KEY=${canary}`, `LOG_LEVEL=${canary}`],
      Cmd: ['serve', `--password=${canary}`],
      Entrypoint: [`/bin/${canary}`],
    });
    Object.assign(container.HostConfig, {
      LogConfig: { Type: 'splunk', Config: { 'splunk-token': canary } },
    });
    entries = [];
    await sandbox.plan();
    await (await sandbox.reconciler()).pass('all');
    await report();
    expect(snapshots().length + statuses().length).toBeGreaterThan(0);
    expect(JSON.stringify(all)).not.toContain(canary);
    expect(JSON.stringify(all)).toContain('(not shown: ');
    // What Git says is no secret of the node.
    expect(JSON.stringify(all)).toContain('info');
  });
});
