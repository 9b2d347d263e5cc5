import { beforeEach, describe, expect, test } from 'vitest';
import { executeStep } from '../../../reconciler/apply/executors.ts';
import { label } from '../../../renderers/labels.ts';
import { renderTenant } from '../../../renderers/tenant.ts';
import { aVolume } from '../../support/a-volume.ts';
import { tenant } from '../../support/desired.ts';
import type { Volume } from '../../support/engine-double/shapes.ts';
import { context as node } from '../../support/our-container.ts';
import { stepContext, type TestContext } from '../../support/step-context.ts';

const name = 'tenant_acme_state';
const ours = { [label.platform]: 'test', [label.node]: 'worker-1', [label.tenant]: 'acme' };
const volume = (parts: Partial<Volume>): Volume => aVolume(name, { Labels: ours, ...parts });

/** What another hand may have made of the name since the node was observed. */
const foreign: readonly (readonly [string, Volume, string])[] = [
  ['a stranger', volume({ Labels: null }), "is not this tenant's by its labels"],
  [
    'another tenant',
    volume({ Labels: { ...ours, [label.tenant]: 'globex' } }),
    "is not this tenant's by its labels",
  ],
  ['another node', volume({ Labels: { ...ours, [label.node]: 'worker-2' } }), "is not this tenant's"],
  ['another driver', volume({ Driver: 'nfs' }), 'has driver nfs instead of local'],
  [
    'a bind of a host path',
    volume({ Options: { type: 'none', o: 'bind', device: '/' } }),
    'has driver options (device, o, type)',
  ],
];

let context: TestContext;
beforeEach(() => {
  context = stepContext();
});

describe('INV-21: creating a volume whose name was taken meanwhile', () => {
  test.each(foreign)('by %s fails for good, and it is left alone', async (_who, taken, why) => {
    context.docker.volumes.set(name, taken);
    const made = executeStep({ action: 'volume.create', tenant: 'acme', name }, context);
    await expect(made).rejects.toMatchObject({ code: 'volume/mismatch', retry: 'never' });
    await expect(made).rejects.toThrow(why);
    expect(context.docker.volumes.get(name)).toEqual(taken);
  });

  test('by this tenant itself is fine', async () => {
    context.docker.volumes.set(name, volume({}));
    await executeStep({ action: 'volume.create', tenant: 'acme', name }, context);
  });
});

describe('INV-21: a volume that another hand swapped after the node was observed', () => {
  const wanted = renderTenant(
    tenant('acme', { volumes: [{ name: 'state', mountPath: '/data/state', backup: true }] }),
    node,
    {},
  );
  const { container, specHash } = wanted;
  const create = () =>
    executeStep(
      { action: 'container.create', name: container.name, spec: container.spec, specHash },
      context,
    );

  beforeEach(async () => {
    context.docker.addImage(container.spec.image);
    await context.docker.createNetwork({
      Name: wanted.network.name,
      Driver: 'bridge',
      CheckDuplicate: true,
      IPAM: { Config: [{ Subnet: wanted.network.subnet }] },
      Options: {},
      Labels: {},
    });
  });

  test.each(foreign)(
    'for that of %s is not mounted: the container is gone again',
    async (_who, taken, why) => {
      context.docker.volumes.set(name, taken);
      const made = create();
      await expect(made).rejects.toMatchObject({ code: 'volume/mismatch', retry: 'never' });
      await expect(made).rejects.toThrow(why);
      expect(context.docker.containers.size).toBe(0);
      expect(context.docker.volumes.get(name)).toEqual(taken);
    },
  );

  test('as it should be is mounted', async () => {
    context.docker.volumes.set(name, volume({}));
    await create();
    expect([...context.docker.containers.values()].map(({ Name }) => Name)).toEqual([`/${container.name}`]);
  });
});
