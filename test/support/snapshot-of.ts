import type { DesiredState } from '../../desired-state/model.ts';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { Observer } from '../../reconciler/observe/observer.ts';
import { renderNode } from '../../reconciler/render.ts';
import { Vault } from '../../reconciler/vault.ts';
import type { NodeSnapshot } from '../../web/ports.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * What a sandbox's node would publish: its own observation and memory.
 * @param desired whose images are asked about, as the node asks about what it is to have
 */
export async function snapshotOf(sandbox: Sandbox, desired: DesiredState): Promise<NodeSnapshot> {
  const { engine, files, state, secrets } = sandbox;
  const memory = await MemoryStore.open(state);
  const vault = new Vault(secrets);
  const { wanted, images } = await renderNode(desired, { node: 'worker-1', files, vault, planOnly: true });
  const observer = new Observer(
    { docker: engine, files, secrets },
    { platform: 'test', node: 'worker-1' },
    true,
  );
  const observed = await observer.observe({ tenants: 'all', wanted, images });
  return {
    at: 1,
    linked: true,
    observed: structuredClone(observed),
    memory: structuredClone(memory.all()),
    swapLimit: true,
    // Where the sandbox's files say they are.
    folders: { dataDir: '/data', secretsDir: '/run/tenantry' },
    fingerprints: {},
  };
}
