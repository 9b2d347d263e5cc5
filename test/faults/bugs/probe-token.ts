/** Whether a runtime is asked once more with a token after a crash at the moment at which it was asked. */
import { desiredState, tenant } from '../../support/desired.ts';
import { Sandbox } from '../../support/sandbox.ts';

const world = new Sandbox();
const whatsapp = { enabled: true, pairing: '1', disconnect: '', port: 8080 };
world.commit(desiredState([tenant('acme', { whatsapp })]));

const asked = Promise.withResolvers<void>();
let requests = 0;
world.bridge.pair = () => {
  requests += 1;
  asked.resolve();
  // It never hears of what came of it, and the runtime has kept no record.
  return requests === 1 ? new Promise<void>(() => {}) : Promise.resolve();
};
// This reconciler is dead from here on.
void world.converge();
await asked.promise;
world.restart();
await world.converge();
if (requests > 1) {
  console.log('INV-2: a runtime was asked twice with one token');
  process.exitCode = 1;
}
