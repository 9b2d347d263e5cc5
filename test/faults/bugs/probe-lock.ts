/** Whether a second reconciler of a node is refused while the first is at work (INV-16). */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startReconciler } from '../../../reconciler/start.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { makeRepository } from '../../support/git-repo.ts';
import { yaml } from '../../support/host.ts';
import { quiet } from '../../support/sandbox.ts';

const dir = await mkdtemp(join(tmpdir(), 'tenantry-test-probe-'));
const engine = await EngineDouble.open({ serve: false });
const repository = makeRepository(null);
repository.commit({
  'tenantry.yaml': yaml('Platform', 'probe', {}),
  'nodes/worker-1.yaml': yaml('Node', 'worker-1', { network: { pool: '10.210.0.0/24', shards: 1 } }),
});

/** On a data folder of its own: it is the node that both would act on. */
const start = (name: string) =>
  startReconciler(
    {
      repo: repository.dir,
      branch: 'main',
      node: 'worker-1',
      dockerHost: engine.host,
      dataDir: join(dir, name),
      secretsDir: join(dir, name, 'secrets'),
      pollMs: 60_000,
      tickMs: 60_000,
      log: quiet,
      onEvent: () => {},
    },
    'reconcile',
  );

const first = await start('first');
try {
  const second = await start('second');
  console.log('INV-16: two reconcilers act on one node');
  process.exitCode = 1;
  await second.close();
} catch (error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'lock/held')) throw error;
} finally {
  await first.close();
  await engine.close();
  repository.remove();
  await rm(dir, { recursive: true, force: true });
}
