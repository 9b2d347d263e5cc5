import fc from 'fast-check';
import type { DesiredState, DesiredTenant } from '../../desired-state/model.ts';
import { desiredState, tenant } from './desired.ts';
import { Sandbox } from './sandbox.ts';

/** Names that the tenants of `anyTenants` have. */
export const names = ['acme', 'globex', 'initech', 'umbrella', 'ac'] as const;
const images = ['registry.example.com/runtime:v1.0.0', 'registry.example.com/runtime:v2.0.0'] as const;

const anyTenant = (name: string): fc.Arbitrary<DesiredTenant> =>
  fc
    .record({
      image: fc.constantFrom(...images),
      state: fc.constantFrom('running' as const, 'stopped' as const),
      restart: fc.constantFrom('', 'one', 'two'),
      env: fc.dictionary(fc.constantFrom('LOG_LEVEL', 'MODE', 'PATH'), fc.constantFrom('a', 'b')),
      resources: fc.record({
        memoryBytes: fc.constantFrom(67_108_864, 134_217_728),
        nanoCpus: fc.constantFrom(250_000_000, 500_000_000),
        pids: fc.constantFrom(64, 128),
      }),
      readOnlyRoot: fc.boolean(),
      command: fc.constantFrom(null, ['serve', '--fast']),
      user: fc.constantFrom(null, '1000'),
      volumes: fc.constantFrom([], [{ name: 'state', mountPath: '/data/state', backup: true }]),
      update: fc.record({
        strategy: fc.constantFrom('start-first' as const, 'stop-first' as const),
        drainMs: fc.constantFrom(0, 5_000),
      }),
      config: fc.dictionary(fc.constantFrom('a', 'b'), fc.integer()),
      prompts: fc.dictionary(
        fc.constantFrom('one', 'two'),
        fc.record({ text: fc.string(), description: fc.constant(''), path: fc.constant('') }),
      ),
    })
    .map((parts) => tenant(name, parts));

/** Some of the tenants, each in any of its definitions. */
export const anyTenants: fc.Arbitrary<DesiredTenant[]> = fc
  .subarray([...names])
  .chain((chosen) => fc.tuple(...chosen.map(anyTenant)));

/** What another hand does to one of the containers. */
export type Hand = {
  readonly victim: number;
  readonly deed: 'kill' | 'remove' | 'update' | 'disconnect' | 'pause' | 'start' | 'files' | 'rename';
};
export const anyHand: fc.Arbitrary<Hand> = fc.record({
  victim: fc.nat(9),
  deed: fc.constantFrom('kill', 'remove', 'update', 'disconnect', 'pause', 'start', 'files', 'rename'),
});

export async function meddle({ engine, files }: Sandbox, { victim, deed }: Hand): Promise<void> {
  const containers = [...engine.containers.values()];
  const container = containers[victim % Math.max(1, containers.length)];
  if (container === undefined) return;
  const { Id: id, State: state } = container;
  switch (deed) {
    case 'kill':
      return state.Running ? engine.signalContainer(id, 'SIGKILL') : undefined;
    case 'remove':
      return engine.removeContainer(id, { force: true });
    case 'update':
      return engine.updateContainer(id, { Memory: 8_000_000, MemorySwap: 8_000_000, PidsLimit: 7 });
    case 'disconnect': {
      const [network] = Object.keys(container.NetworkSettings.Networks);
      return network === undefined ? undefined : engine.disconnectNetwork(network, id);
    }
    case 'pause':
      return state.Status === 'running' ? engine.pauseContainer(id) : undefined;
    case 'start':
      return state.Paused ? undefined : engine.startContainer(id);
    case 'files':
      files.folders.delete(names[victim % names.length] ?? '');
      return;
    case 'rename':
      return container.Name.startsWith('/renamed')
        ? undefined
        : engine.renameContainer(id, `renamed-${id.slice(0, 12)}`);
  }
}

/** Labels that tell of a container's birth, and not of what it is now. */
const ofItsBirth = { 'dev.tenantry.revision': '', 'dev.tenantry.made-with': '' };

/** What the tenants' world looks like, without ids and times. */
export function world({ engine, files }: Sandbox): unknown {
  const containers = [...engine.containers.values()].map(
    ({ Name, Config, HostConfig, State, NetworkSettings }) => ({
      Name,
      Config: { ...Config, Hostname: '', Labels: { ...Config.Labels, ...ofItsBirth } },
      HostConfig,
      running: State.Running,
      paused: State.Paused,
      networks: Object.keys(NetworkSettings.Networks),
    }),
  );
  const folders = [...files.folders].map(([name, folder]) => [
    name,
    [...folder].map(([path, content]) => [path, String(content)]),
  ]);
  return { containers: containers.sort((a, b) => (a.Name < b.Name ? -1 : 1)), folders: folders.sort() };
}

/** A sandbox in which these tenants run. */
export async function fresh(desired: DesiredTenant[], revision: string): Promise<Sandbox> {
  const sandbox = new Sandbox();
  // The guard against mass removals has tests of its own; here every step may be taken.
  sandbox.commit(open(desired, revision));
  await sandbox.converge();
  return sandbox;
}

/** A revision under which any number of tenants may go: the guard has tests of its own. */
export function open(tenants: readonly DesiredTenant[], revision: string): DesiredState {
  const desired = desiredState(tenants, revision);
  return {
    ...desired,
    platform: { ...desired.platform, guards: { removal: { percent: 100, atLeast: 99 } } },
  };
}
