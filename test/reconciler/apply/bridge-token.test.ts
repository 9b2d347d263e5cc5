import { beforeEach, describe, expect, test } from 'vitest';
import { askBridge, stateFrom } from '../../../reconciler/apply/bridge-token.ts';
import { createBody, networkBody } from '../../../reconciler/apply/create-body.ts';
import type { BridgeStatus } from '../../../reconciler/ports.ts';
import { renderTenant } from '../../../renderers/tenant.ts';
import { tenant } from '../../support/desired.ts';
import { context as nodeContext } from '../../support/our-container.ts';
import { stepContext, type TestContext } from '../../support/step-context.ts';

let context: TestContext;
let id: string;

beforeEach(async () => {
  context = stepContext();
  const { container, network, specHash } = renderTenant(tenant('acme'), nodeContext, {});
  context.docker.addImage(container.spec.image);
  await context.docker.createNetwork(networkBody(network, nodeContext.owner));
  ({ id } = await context.docker.createContainer(
    container.name,
    createBody(container.spec, specHash, 'r', new Map()),
  ));
  await context.docker.startContainer(id);
});

const ask = (kind: 'pairing' | 'disconnect', token: string): Promise<void> =>
  askBridge(
    kind,
    { tenant: 'acme', container: { name: 'tenant_acme_runtime', id }, port: 8080, token },
    context,
  );

describe('a new token', () => {
  test('is asked about once, after "asked" was written down', async () => {
    const pair = context.bridge.pair.bind(context.bridge);
    context.bridge.pair = async (target, token) => {
      context.written.push('request leaves');
      await pair(target, token);
    };
    await ask('pairing', '1');
    expect(context.written).toEqual(['pairing asked', 'request leaves', 'pairing waiting-for-scan']);
    expect(context.bridge.asked).toEqual(['pair 1']);
    expect(context.outcomes.at(-1)).toEqual({
      token: '1',
      state: 'waiting-for-scan',
      at: context.clock.now(),
      detail: '',
    });
  });

  test('of disconnect is asked about, and its outcome comes from the runtime later', async () => {
    await ask('disconnect', '7');
    expect(context.bridge.asked).toEqual(['disconnect 7']);
    expect(context.written).toEqual(['disconnect asked', 'disconnect asked']);
  });

  test('is not asked about when "asked" could not be written down', async () => {
    const record = {
      ...context.record,
      token: async () => {
        throw new Error('no space left on device');
      },
    };
    const step = { tenant: 'acme', container: { name: 'tenant_acme_runtime', id }, port: 8080, token: '1' };
    await expect(askBridge('pairing', step, { ...context, record })).rejects.toThrow('no space left');
    expect(context.bridge.asked).toEqual([]);
  });
});

describe('INV-2: a token that the runtime knows already', () => {
  test.each<[BridgeStatus['state'], string]>([
    ['connected', 'pairing connected'],
    ['pairing', 'pairing waiting-for-scan'],
    ['disconnected', 'pairing expired'],
  ])('is not asked about again: the runtime is %s', async (state, written) => {
    Object.assign(context.bridge, { state, lastPairing: '1' });
    await ask('pairing', '1');
    expect(context.bridge.asked).toEqual([]);
    expect(context.written).toEqual([written]);
    expect(context.outcomes[0]?.detail).toContain('had been asked with this token before');
  });

  test('of disconnect is not asked about again either', async () => {
    Object.assign(context.bridge, { state: 'disconnected', lastDisconnect: '7' });
    await ask('disconnect', '7');
    expect(context.bridge.asked).toEqual([]);
    expect(context.written).toEqual(['disconnect disconnected']);
  });

  test('of the other kind is another token', async () => {
    Object.assign(context.bridge, { lastDisconnect: '1' });
    await ask('pairing', '1');
    expect(context.bridge.asked).toEqual(['pair 1']);
  });
});

describe('when something fails', () => {
  test('a request without an answer is not repeated, and its outcome says what to do', async () => {
    context.bridge.pair = async () => {
      throw new Error('no answer within 5 s');
    };
    await ask('pairing', '1');
    expect(context.written).toEqual(['pairing asked', 'pairing failed']);
    expect(context.outcomes.at(-1)?.detail).toBe('no answer within 5 s; commit a new token to try again');
  });

  test('a runtime that could not be reached before was not asked, and is tried again', async () => {
    context.bridge.status = async () => {
      throw new Error('connection refused');
    };
    await expect(ask('pairing', '1')).rejects.toThrow('connection refused');
    expect([context.written, context.bridge.asked]).toEqual([[], []]);
  });

  test('a container without an address was not asked either', async () => {
    await context.docker.stopContainer(id);
    await expect(ask('pairing', '1')).rejects.toMatchObject({ code: 'bridge/unreachable', retry: 'backoff' });
    expect(context.written).toEqual([]);
  });
});

test.each<['pairing' | 'disconnect', BridgeStatus['state'], string]>([
  ['pairing', 'connected', 'connected'],
  ['pairing', 'pairing', 'waiting-for-scan'],
  ['pairing', 'disconnected', 'expired'],
  ['disconnect', 'disconnected', 'disconnected'],
  ['disconnect', 'connected', 'asked'],
  ['disconnect', 'pairing', 'asked'],
])('a token of %s that the runtime knows, while it is %s, is %s', (kind, state, expected) => {
  expect(stateFrom(kind, { state, lastPairing: null, pairingOutcome: null, lastDisconnect: null })).toBe(
    expected,
  );
});

test.each([
  ['pending', 'waiting-for-scan'],
  ['connected', 'connected'],
  ['expired', 'expired'],
  ['superseded', 'failed'],
  ['cancelled', 'failed'],
  ['interrupted', 'failed'],
])(
  'a pairing that the runtime records as %s is %s, whatever has happened since',
  (pairingOutcome, expected) => {
    const status = { state: 'disconnected', lastPairing: '1', pairingOutcome, lastDisconnect: null } as const;
    expect(stateFrom('pairing', status)).toBe(expected);
  },
);
