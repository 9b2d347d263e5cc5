import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { ensureEngine } from '../../../deploy/install/engine.mjs';
import { engineHost } from '../../support/engine.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('an engine that answers is used as it is', async () => {
  vi.stubEnv('DOCKER_HOST', engineHost());
  expect(await ensureEngine()).toBe(engineHost());
});

test('an engine that was named and does not answer is not replaced by another one', async () => {
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere/docker.sock');
  await expect(ensureEngine()).rejects.toThrow(
    /^no Docker Engine answers at DOCKER_HOST=unix:\/\/\/nowhere\/docker\.sock \(.*ENOENT.*\): start it, or unset DOCKER_HOST$/,
  );
});

test('without systemd an engine is started by hand, once, and only what was started is stopped', async () => {
  const script = join(import.meta.dirname, 'bare-machine.ts');
  const { DOCKER_HOST: _, ...env } = process.env;
  const { stdout } = await execa('unshare', ['--mount', '--net', process.execPath, script], {
    env,
    extendEnv: false,
  });
  const told: unknown = JSON.parse(stdout.split('\n').at(-1) ?? '');
  expect(told).toMatchObject({
    before: { answers: false },
    host: 'unix:///var/run/docker.sock',
    again: 'unix:///var/run/docker.sock',
    record: { by: 'hand' },
    during: { answers: true },
    stopped: 'The Docker Engine that was started for the demo is stopped; its package stays installed.',
    after: { answers: false },
    nothingToStop: null,
  });
  expect(stdout).toContain('Starting the Docker Engine by hand, its log is /var/log/tenantry-dockerd.log');
});
