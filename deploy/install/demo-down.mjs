import { defaultHost, ping } from './docker-host.mjs';
import { stopOwnEngine } from './engine.mjs';
import { foreground } from './programs.mjs';
import { ensureToolchain, root } from './toolchain.mjs';
import { runMain } from './user-error.mjs';

// `npm run demo:down`: removes every trace of the demo, and stops the engine if `npm start` started it.
await runMain(async () => {
  const { node, env } = await ensureToolchain();
  const host = process.env['DOCKER_HOST'] || defaultHost;
  const { answers } = await ping(host);
  if (!answers)
    console.log(`No Docker Engine answers at ${host}: containers of the demo, if any, are out of reach.`);
  const args = ['deploy/cli/main.ts', 'demo', '--down', ...process.argv.slice(2)];
  const code = await foreground(node, args, { cwd: root, env: { ...env, DOCKER_HOST: host } });
  if (code !== 0) return code;
  const engine = await stopOwnEngine();
  if (engine !== null) console.log(engine);
  return 0;
});
