import type { DesiredState } from '../../desired-state/model.ts';
import { hideWith, PieceMaker } from '../../reconciler/link/pieces.ts';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { Observer } from '../../reconciler/observe/observer.ts';
import { assembled } from '../../reconciler/plan/snapshot.ts';
import { renderNode } from '../../reconciler/render.ts';
import { Vault } from '../../reconciler/vault.ts';
import { isSharedPiece, isTenantPiece } from '../../schemas/link/decode.ts';
import type { NodeSnapshot } from '../../web/ports.ts';
import type { Sandbox } from './sandbox.ts';

/** Where the sandbox's files say they are. */
const folders = { dataDir: '/data', secretsDir: '/run/tenantry' };

/**
 * What a sandbox's node publishes, as the control node has it: in redacted pieces, through JSON, judged and put together.
 * @param enforced what the node has, whose images it asks about
 */
export async function snapshotOf(sandbox: Sandbox, enforced: DesiredState): Promise<NodeSnapshot> {
  const { engine, files, state, secrets } = sandbox;
  const memory = (await MemoryStore.open(state)).all();
  const vault = new Vault(secrets);
  const { wanted, images } = await renderNode(enforced, { node: 'worker-1', files, vault, planOnly: true });
  const observer = new Observer(
    { docker: engine, files, secrets },
    { platform: 'test', node: 'worker-1' },
    true,
  );
  const { node: observed } = await observer.observe({ tenants: 'all', wanted, images });
  const basis = { observed, memory, wanted };
  const maker = new PieceMaker(hideWith(Buffer.from('a key')), { swapLimit: true, folders });
  const names = new Set([...Object.keys(observed.tenants), ...Object.keys(memory), ...Object.keys(wanted)]);
  const pieces = [...names].map((name) => {
    const resources = wanted[name];
    const known = resources === undefined ? [] : [resources];
    const value = sent(maker.tenant(name, basis, known).value);
    if (!isTenantPiece(value)) throw new Error(`what is told of ${name} is no piece`);
    return [name, value] as const;
  });
  const shared = sent(maker.shared(basis).value);
  if (!isSharedPiece(shared)) throw new Error('what is told of the node is no piece');
  const { swapLimit, folders: told } = shared;
  return { at: 1, linked: true, swapLimit, folders: told, ...assembled(shared, new Map(pieces)) };
}

function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
