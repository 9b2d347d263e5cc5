import fc from 'fast-check';
import type { DesiredTenant } from '../../desired-state/model.ts';
import type {
  ObservedContainer,
  ObservedNetwork,
  ObservedNode,
  ObservedTenant,
  ObservedVolume,
} from '../../reconciler/plan/observed.ts';
import { label } from '../../renderers/labels.ts';
import { tenantNetwork } from '../../renderers/network.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { node, tenant } from '../support/desired.ts';
import { context } from '../support/our-container.ts';

/** Names of tenants that are close to each other, to Docker's names, and to what every object inherits. */
export const tenantNames = ['ac', 'acme', 'acme-b', 'constructor', 'globex', 'runtime-next'] as const;

const anyName = fc.constantFrom(...tenantNames);
const suffix = fc.constantFrom('runtime', 'runtime_next', 'runtime_old', 'runtime_old_2', 'state', 'b_state');
/** Names as Docker may have them: a tenant's, in any role, and others. */
const dockerName = fc.oneof(
  fc.tuple(anyName, suffix).map(([name, role]) => `tenant_${name}_${role}`),
  fc.constantFrom('constructor', 'toString', 'tenant__runtime', 'x', '__proto__'),
  fc.string({ maxLength: 12 }),
);
const id = fc.stringMatching(/^[0-9a-f]{64}$/);
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', 'a=b\nc', 'constructor'));

export const anyDesired: fc.Arbitrary<readonly DesiredTenant[]> = fc
  .subarray([...tenantNames])
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .record({
            image: fc.constantFrom(
              'registry.example.com/runtime:v1.0.0',
              'registry.example.com/runtime:v2.0.0',
            ),
            state: fc.constantFrom('running' as const, 'stopped' as const),
            env: fc.dictionary(
              fc.constantFrom('LOG_LEVEL', 'constructor', 'toString'),
              fc.constantFrom('a', 'b'),
            ),
            volumes: fc
              .subarray(['state', 'constructor', 'b-state'])
              .map((list) =>
                list.map((volume) => ({ name: volume, mountPath: `/data/${volume}`, backup: true })),
              ),
            secrets: fc
              .subarray(['TOKEN', 'constructor', 'valueOf'])
              .map((list) => list.map((secret) => ({ name: secret, as: 'file' as const, sealed: 'sealed' }))),
            drift: fc.constantFrom('heal' as const, 'report' as const),
            whatsapp: fc.record({
              enabled: fc.boolean(),
              pairing: fc.constantFrom('', '1', 'constructor'),
              disconnect: fc.constantFrom('', '1'),
              port: fc.constant(8080),
            }),
            suspend: fc.option(fc.constant({ until: 8.64e15, reason: 'x', owner: 'ops@example.com' }), {
              freq: 8,
            }),
            config: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), {
              maxKeys: 2,
              noNullPrototype: true,
            }),
          })
          .map((parts) => tenant(name, parts)),
      ),
    ),
  );

/** A container as another hand may have made it, with our labels: fields of the right types and of any value. */
function anyContainer(spec: ContainerSpec): fc.Arbitrary<ObservedContainer> {
  return fc.record({
    id,
    name: dockerName,
    spec: fc
      .record(
        {
          image: text,
          command: fc.option(fc.array(text, { maxLength: 2 })),
          user: fc.option(text),
          env: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
          mounts: fc.dictionary(
            text,
            fc.record({
              type: fc.constantFrom('bind' as const, 'volume' as const),
              source: text,
              readOnly: fc.boolean(),
            }),
            { maxKeys: 2, noNullPrototype: true },
          ),
          readOnlyRoot: fc.boolean(),
          labels: fc.dictionary(fc.constantFrom(...Object.values(label)), text, { noNullPrototype: true }),
          networks: fc.array(text, { maxLength: 2 }),
          memoryBytes: fc.integer(),
          memorySwapBytes: fc.integer(),
          nanoCpus: fc.integer(),
          pids: fc.integer(),
          restartPolicy: text,
          forbidden: fc.dictionary(text, fc.jsonValue({ maxDepth: 1 }), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
        },
        { requiredKeys: [] },
      )
      .map((parts) => ({ ...spec, ...parts })),
    specHash: fc.option(fc.oneof(text, fc.constantFrom('v1:4f2c', 'v9:4f2c', 'constructor:x'))),
    revision: fc.option(text),
    imageId: text,
    image: fc.record({
      env: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
      command: fc.option(fc.array(text, { maxLength: 2 })),
      user: fc.option(text),
      entrypoint: fc.option(fc.array(text, { maxLength: 2 })),
      workingDir: text,
    }),
    state: fc.constantFrom('created', 'running', 'paused', 'restarting', 'exited', 'removing', 'dead'),
    exitCode: fc.integer(),
    error: text,
    oomKilled: fc.boolean(),
    restartCount: fc.integer(),
    startedAt: fc.oneof(text, fc.constant('0001-01-01T00:00:00Z')),
    finishedAt: text,
    health: fc.constantFrom(null, 'starting', 'healthy', 'unhealthy'),
    addresses: fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true }),
  });
}

const digests = fc.option(
  fc.dictionary(fc.oneof(text, fc.constant('config.json')), text, { maxKeys: 3, noNullPrototype: true }),
);

function anyObservedTenant(spec: ContainerSpec): fc.Arbitrary<ObservedTenant> {
  return fc.record({
    containers: fc.uniqueArray(anyContainer(spec), { maxLength: 4, selector: ({ name }) => name }),
    files: digests,
    secretFiles: fc.option(
      fc.dictionary(
        fc.oneof(text, fc.constantFrom('TOKEN', 'constructor')),
        fc.record({ secret: text, fingerprint: fc.option(text) }),
        { maxKeys: 2, noNullPrototype: true },
      ),
    ),
  });
}

const volume: fc.Arbitrary<ObservedVolume> = fc.record({
  name: dockerName,
  tenant: fc.option(fc.oneof(anyName, text)),
  driver: fc.constantFrom('local', 'nfs', ''),
  options: fc.dictionary(fc.constantFrom('device', 'o', 'type'), text, { noNullPrototype: true }),
});

const network: fc.Arbitrary<ObservedNetwork> = fc.record({
  id,
  name: fc.oneof(
    dockerName,
    anyName.map((name) => tenantNetwork(name, context.owner, node.network).name),
  ),
  owned: fc.boolean(),
  subnet: fc.constantFrom('10.210.0.0/18', '10.210.64.0/18', '', 'x'),
  isolated: fc.boolean(),
});

/** Anything that Docker and the disk could show: our labels on anything, every state, strangers in the way. */
export function anyObserved(spec: ContainerSpec): fc.Arbitrary<ObservedNode> {
  return fc.record({
    tenants: fc.dictionary(fc.oneof(anyName, text), anyObservedTenant(spec), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
    networks: fc.array(network, { maxLength: 4 }),
    volumes: fc.uniqueArray(volume, { maxLength: 6, selector: ({ name }) => name }),
    strangers: fc.dictionary(dockerName, id, { maxKeys: 4, noNullPrototype: true }),
    images: fc.dictionary(fc.constant('registry.example.com/runtime:v1.0.0'), fc.boolean(), {
      noNullPrototype: true,
    }),
  });
}
