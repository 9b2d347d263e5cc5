import { FakeEngine } from '../../support/fake-engine.ts';
import { dockerContract } from './docker-contract.ts';

dockerContract('the engine in memory', async () => {
  const docker = new FakeEngine();
  const [image, crashing] = ['tenantry-test/image:v1', 'tenantry-test/crashing:v1'];
  docker.addImage(image);
  docker.addImage(crashing);
  docker.crashing.add(crashing);
  return {
    docker,
    image,
    crashing: { Image: crashing },
    crash: async (id) => docker.crash(id),
    prefix: 'tenantry-test',
  };
});
