import { afterAll, beforeAll, expect, test } from 'vitest';
import { tenantry } from '../deploy/cli/command.ts';
import { engineHost } from '../support/engine.ts';
import { health, runtimeImage, TestHost } from '../support/host.ts';

let host: TestHost;
let image: string;

beforeAll(async () => {
  image = await runtimeImage('v1');
  host = await TestHost.make();
  host.tenant('acme', { image, runtime: { health } });
  await host.once();
}, 120_000);
afterAll(() => host.remove(), 60_000);

test('a plan of a branch that is not followed says what it would change, and changes nothing', async () => {
  const before = await host.identity('acme');
  host.repository.git('switch', '-qc', 'proposal');
  host.tenant('acme', { image, runtime: { health, env: { COLOUR: 'red' } } });
  host.repository.git('switch', '-q', 'main');
  const { repo, node, dataDir, secretsDir } = host.options();
  const folders = ['--data-dir', dataDir, '--secrets-dir', secretsDir];
  const where = ['--repo', repo, '--node', node, '--docker', engineHost(), ...folders];
  const plan = (...args: string[]) => tenantry(['plan', ...where, ...args], { cwd: host.dir });
  const proposed = await plan('--ref', 'proposal', '--detailed-exitcode');
  expect(proposed).toMatchObject({ code: 2, stderr: '' });
  expect(proposed.stdout).toContain('env.COLOUR');
  expect(await plan('--ref', 'proposal~1', '--detailed-exitcode')).toMatchObject({ code: 0 });
  expect(await plan('--detailed-exitcode')).toMatchObject({ code: 0 });
  expect(await host.identity('acme')).toEqual(before);
});
