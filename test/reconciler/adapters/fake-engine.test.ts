import { FakeEngine } from '../../support/fake-engine.ts';
import { dockerContract } from './docker-contract.ts';

dockerContract('the engine in memory', async () => {
  const docker = new FakeEngine();
  docker.addImage('tenantry-test/image:v1');
  return { docker, image: 'tenantry-test/image:v1', prefix: 'tenantry-test' };
});
