/** Whether a runtime is asked once more with a token when nothing is known of what came of the first time. */
import { ReconcilerError } from '../../../reconciler/errors.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox } from '../../support/sandbox.ts';

const world = new Sandbox();
const whatsapp = { enabled: true, pairing: '1', disconnect: '', port: 8080 };
world.commit(desiredState([tenant('acme', { whatsapp })]));

let requests = 0;
world.bridge.pair = () => {
  requests += 1;
  if (requests > 1) return Promise.resolve();
  // The runtime keeps no record, and what came of it cannot be written down.
  const full = new ReconcilerError('state/write-failed', 'no space left', { retry: 'backoff' });
  world.state.write = () => Promise.reject(full);
  return Promise.reject(new Error('no answer'));
};
await world.converge().catch(() => undefined);
Reflect.deleteProperty(world.state, 'write');
await world.clock.sleep(3_600_000);
await world.converge();
if (requests !== 1) {
  console.log(`INV-2: a runtime was asked ${requests === 0 ? 'never' : 'twice'} with one token`);
  process.exitCode = 1;
}
