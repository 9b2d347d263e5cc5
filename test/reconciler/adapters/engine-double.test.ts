import { afterAll, beforeAll } from 'vitest';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { controlOf } from '../../support/engine-double/control.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { dockerContract } from './docker-contract.ts';

const image = 'tenantry-test/image:v1';
const crashing = 'tenantry-test/crashing:v1';
let double: EngineDouble;

beforeAll(async () => {
  double = await EngineDouble.open();
  double.addImage(image);
  double.addImage(crashing);
  double.engine.world.crashing.add(crashing);
});
afterAll(() => double.close());

dockerContract('the engine double', async () => ({
  docker: connectDocker({ host: double.host }),
  image,
  crashing: { Image: crashing },
  crash: (id) => controlOf(double).die(id, 137),
  prefix: 'tenantry-test',
}));
