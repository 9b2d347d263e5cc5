#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';

// The command that npm puts on the path. Runs on whatever Node the machine has, and hands over to the Node that came
// with the packages where the machine's own is too old to run TypeScript.
const oldest = 24;
const main = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'main.ts');

// Compiled code is kept beside the packages, which halves the time to the first line; where nothing can be written
// there, everything works without.
const cache = join(main, '..', '..', '..', 'node_modules', '.cache', 'tenantry');

if (Number(process.versions.node.split('.')[0]) >= oldest) {
  module.enableCompileCache?.(cache);
  await import('./main.ts');
} else {
  const node = join(main, '..', '..', '..', 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node)) {
    console.error(
      `error: tenantry needs Node ${oldest} or newer, and this is ${process.version}: run npm ci, which brings it`,
    );
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: cache, ...process.env },
  });
  // Ctrl-C reaches the child by itself; this process only waits for it. Other signals are passed on.
  process.on('SIGINT', () => undefined);
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
}
