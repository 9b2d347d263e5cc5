import { defaultHost } from './docker-host.mjs';
import { ensureEngine } from './engine.mjs';
import { foreground } from './programs.mjs';
import { ensureToolchain, root } from './toolchain.mjs';
import { runMain } from './user-error.mjs';

// `npm start`: what is needed, then the demo, until Ctrl-C. Arguments go on to the demo.
await runMain(async () => {
  const { node, env } = await ensureToolchain();
  const host = await ensureEngine();
  const args = ['deploy/cli/main.ts', 'demo', ...process.argv.slice(2)];
  // The default is left unsaid, so that the commands which the demo proposes need not say it either.
  const named = host === defaultHost ? {} : { DOCKER_HOST: host };
  return foreground(node, args, { cwd: root, env: { ...env, ...named } });
});
