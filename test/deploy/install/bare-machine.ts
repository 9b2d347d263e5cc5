import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { execa } from 'execa';
import { defaultHost, ping } from '../../../deploy/install/docker-host.mjs';
import { ensureEngine, stopOwnEngine } from '../../../deploy/install/engine.mjs';

// Run by engine.test.ts in mount and network namespaces of its own, where it makes a machine on which no engine runs:
// /run, the engine's data and the logs are empty, and nothing that is done here is seen outside.
for (const folder of ['/run', '/var/lib/docker', '/var/log']) {
  // Where no engine ever ran its folder is not there; an empty one is what its package would leave.
  await mkdir(folder, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
}
await execa('ip', ['link', 'set', 'lo', 'up']);

const before = await ping(defaultHost);
const host = await ensureEngine();
const again = await ensureEngine();
const record: unknown = JSON.parse(readFileSync('/run/tenantry/engine.json', 'utf8'));
const during = await ping(defaultHost);
const stopped = await stopOwnEngine();
const after = await ping(defaultHost);
const nothingToStop = await stopOwnEngine();
process.stdout.write(
  `${JSON.stringify({ before, host, again, record, during, stopped, after, nothingToStop })}\n`,
);
