import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestListener } from './http.mjs';
import { Runtime } from './runtime.mjs';
import { readSettings } from './settings.mjs';

const settings = readSettings(process.env);
const runtime = new Runtime(settings);
const server = createServer(requestListener(runtime));

for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT'])) {
  process.once(signal, () => {
    log(`${signal}: stopping`);
    runtime.bridge.close();
    // Streams never end by themselves, and nothing is lost with them: every record is on the disk already.
    process.exit(0);
  });
}
process.on('SIGHUP', () => {
  void runtime.load().then(sayLoaded);
});

await runtime.load();
sayLoaded();
if (settings.startDelayMs > 0) await sleep(settings.startDelayMs);
server.listen(settings.port, () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  log(`tenant ${settings.tenant}, version ${settings.version}, listens on port ${port}`);
});

function sayLoaded() {
  const { loaded, loadError } = runtime;
  if (loadError === null) log(`loaded ${loaded.prompts.length} prompts and ${loaded.skills.length} skills`);
  else log(`kept what was loaded before: ${loadError}`);
}

/** @param {string} message */
function log(message) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), message })}\n`);
}
