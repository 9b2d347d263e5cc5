import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { dockerScope } from '../../support/docker-cleanup.ts';
import { busyboxTar, ensureBusyboxImage } from '../../support/docker-image.ts';
import { openRegistry, type TestRegistry } from '../../support/docker-registry.ts';
import { engineHost } from '../../support/engine.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { engineHttpContract } from './engine-http-contract.ts';

const scope = dockerScope();
let double: EngineDouble;
let registry: TestRegistry;

beforeAll(async () => {
  double = await EngineDouble.open();
  registry = await openRegistry();
});
afterAll(async () => {
  await double.close();
  await registry.close();
  await scope.cleanup();
});

engineHttpContract('the engine double', async () => {
  const [image, crashing, pullable] = [
    'tenantry-test/image:v1',
    'tenantry-test/crashing:v1',
    'registry.example.com/x:v1',
  ];
  double.addImage(image);
  double.addImage(crashing);
  double.engine.world.crashing.add(crashing);
  double.engine.world.registry.add(pullable);
  return {
    socket: double.socket,
    image,
    prefix: scope.prefix,
    crashing: { Image: crashing },
    pullable,
    absent: 'registry.example.com/x:v2',
  };
});

engineHttpContract('the real engine', async () => {
  const image = await ensureBusyboxImage();
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-layer-'));
  try {
    const layer = await readFile(await busyboxTar(folder));
    const { byTag } = registry.publish(`x/${scope.prefix}`, 'v1', layer, { Cmd: ['sh'] });
    return {
      socket: engineHost().replace('unix://', ''),
      image,
      prefix: scope.prefix,
      crashing: { Image: image, Cmd: ['sh', '-c', 'exit 1'] },
      pullable: scope.image(byTag),
      absent: byTag.replace(/v1$/, 'v2'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
