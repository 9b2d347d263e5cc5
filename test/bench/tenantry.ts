import { join } from 'node:path';
import { execa } from 'execa';
import { type OnceResult, startReconciler } from '../../reconciler/start.ts';
import type { Fleet } from './fleet.ts';

/** The command as npm puts it on the path. */
const command = join(import.meta.dirname, '..', '..', 'deploy', 'cli', 'tenantry.mjs');

/**
 * Opens a reconciler in this process and converges, Git mirror and host lock included.
 * @returns milliseconds until the fleet was there and had been looked at again
 * @throws when a tenant is not in sync then
 */
export async function onceInProcess(fleet: Fleet): Promise<number> {
  const began = performance.now();
  const reconciler = await startReconciler(fleet.host.options(), 'reconcile');
  try {
    const result = await reconciler.once(new AbortController().signal);
    const ms = performance.now() - began;
    expectInSync(result, fleet);
    return ms;
  } finally {
    await reconciler.close();
  }
}

/**
 * `tenantry reconcile --once` as a person or a timer runs it.
 * @returns milliseconds from the process's birth to its end
 * @throws when it does not end with 0
 */
export async function onceAsProcess(fleet: Fleet): Promise<number> {
  const { repo, node, dataDir, secretsDir } = fleet.host.options();
  const where = ['--repo', repo, '--node', node, '--data-dir', dataDir, '--secrets-dir', secretsDir];
  const began = performance.now();
  // A process group of its own: Ctrl-C must not end it half-way.
  await execa(process.execPath, [command, 'reconcile', '--once', '--format', 'json', ...where], {
    detached: true,
  });
  return performance.now() - began;
}

export function expectInSync({ status }: OnceResult, fleet: Fleet): void {
  const inSync = status.tenants.filter((tenant) => tenant.phase === 'InSync');
  if (inSync.length === fleet.tenants.length) return;
  const other = status.tenants.find((tenant) => tenant.phase !== 'InSync');
  const why =
    other === undefined ? 'the others are unknown' : `${other.tenant} is ${other.phase}: ${other.reason}`;
  throw new Error(`${inSync.length} of ${fleet.tenants.length} tenants are in sync; ${why}`);
}
