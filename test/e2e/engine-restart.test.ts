import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../reconciler/engine-api.ts';
import type { CliProcess } from '../support/cli-process.ts';
import { ensureBusyboxImage } from '../support/docker-image.ts';
import { type SecondEngine, secondEngine } from '../support/engine.ts';
import { TestHost } from '../support/host.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { nodeWhen } from '../support/watched.ts';
import { webTenant } from '../support/web-tenant.ts';

/**
 * `kept` is as every tenant is: the engine itself brings it back. From `taken` another hand takes the restart policy
 * while the engine is away, so that only the reconciler can; `stopped` is not to run at all.
 */
const tenants = ['kept', 'taken', 'stopped'] as const;
/** For the first time everything is made. */
const bound = 60_000;
/** From an engine that answers to all in sync and healthy: what is waited for, and no longer. */
const recoveryMs = 30_000;

const matrix = [true, false].flatMap((liveRestore) =>
  (['SIGTERM', 'SIGKILL'] as const).map((signal) => ({ liveRestore, signal })),
);

describe.each(matrix)(
  'INV-13: the engine ends by $signal, live-restore $liveRestore',
  { timeout: 180_000 },
  ({ liveRestore, signal }) => {
    let engine: SecondEngine;
    let host: TestHost;
    let reconciler: CliProcess;
    let before: ReadonlyMap<string, ContainerInspect>;

    beforeEach(async () => {
      engine = await secondEngine('restart', { 'live-restore': liveRestore });
      host = await TestHost.make(engine.host);
      const tenant = webTenant(await ensureBusyboxImage(undefined, engine.host));
      for (const name of tenants) {
        const state = name === 'stopped' ? 'stopped' : 'running';
        host.tenant(name, { ...tenant, runtime: { ...tenant.runtime, state }, drift: 'heal' });
      }
      reconciler = startReconcilerProcess(host, { engine, more: ['--health-port', '9464'] });
      await inSync(() => true);
      before = await runs();
    }, 120_000);

    afterEach(async () => {
      await reconciler.end('SIGKILL');
      await engine.close();
      await host.removeFolders();
    }, 120_000);

    test('the reconciler lives through it, says so, and all is as it was or in sync again', async () => {
      const said = reconciler.output().length;
      await engine.end(signal);
      const away = await nodeWhen(host, 'passes are said to fail', ({ trouble }) => trouble !== null);
      expect(away.trouble?.message).toContain('the Docker Engine');
      expect(away.tenants.map(({ tenant }) => tenant)).toEqual(tenants.map((name) => host.name(name)).sort());
      expect(await asked('/readyz')).toMatch(/^503 .*the Docker Engine/s);
      expect(await asked('/healthz')).toMatch(/^200/);

      await takePolicy(before.get('taken')?.Id ?? '');
      await engine.start();
      const startedAt = Date.now();
      await inSync((at) => at > startedAt, recoveryMs);
      expect(await asked('/readyz')).toMatch(/^200/);

      const after = await runs();
      expect([...after.keys()]).toEqual([...before.keys()]);
      for (const [name, now] of after) {
        const then = before.get(name);
        expect(now.Id, name).toBe(then?.Id);
        expect(now.State.Running, name).toBe(name !== 'stopped');
        expect(now.HostConfig.RestartPolicy?.Name, name).toBe(then?.HostConfig.RestartPolicy?.Name);
        if (liveRestore && name !== 'stopped') {
          expect([now.State.Pid, now.State.StartedAt], name).toEqual([
            then?.State.Pid,
            then?.State.StartedAt,
          ]);
        }
      }
      const all = reconciler.output();
      expect(all.slice(said), 'what it did about it').not.toMatch(/"msg":"(create|remove|stop|rename) /);
    });

    /** Until a status of after `accept` says that every tenant is in sync and every running one healthy. */
    async function inSync(accept: (at: number) => boolean, ms = bound): Promise<void> {
      await nodeWhen(
        host,
        'all tenants are in sync',
        (status) =>
          accept(status.at) &&
          status.trouble === null &&
          status.tenants.length === tenants.length &&
          status.tenants.every(({ phase, state, health }) => {
            const serves = state === 'stopped' || health.state === 'healthy';
            return phase === 'InSync' && serves;
          }),
        ms,
      );
    }

    /** Sets the restart policy to `no` in the engine's own file. */
    async function takePolicy(id: string): Promise<void> {
      const path = join(dirname(engine.socket), 'data', 'containers', id, 'hostconfig.json');
      const config = JSON.parse(await readFile(path, 'utf8')) as { RestartPolicy: { Name: string } };
      expect(config.RestartPolicy.Name).toBe('unless-stopped');
      config.RestartPolicy.Name = 'no';
      await writeFile(path, JSON.stringify(config));
    }

    async function runs(): Promise<ReadonlyMap<string, ContainerInspect>> {
      const found = new Map<string, ContainerInspect>();
      for (const name of tenants) {
        const inspect = await host.inspect(name);
        if (inspect === null) throw new Error(`${name} has no container`);
        found.set(name, inspect);
      }
      return found;
    }

    /** What the health port answers to who asks on that node: the status code and the text. */
    async function asked(path: string): Promise<string> {
      const question = `fetch('http://127.0.0.1:9464${path}').then(async (r) => console.log(r.status, await r.text()))`;
      const [program = '', ...args] = [...engine.nsenter, process.execPath, '--eval', question];
      return (await execa(program, args)).stdout;
    }
  },
);
