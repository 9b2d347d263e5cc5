import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { dig, field, type HttpSuite, message } from './suite.ts';

/** The engine names the folder that is gone, its runtime says what is wrong with it. */
const missing = (source: string): RegExp => new RegExp(`${source}.*no such file or directory`);

export function lifecycleContract({ engine, fresh, get, post, remove, create, running }: HttpSuite): void {
  describe('containers in the course of time', () => {
    test('are renamed and updated only to what is possible', async () => {
      const containerName = fresh();
      const id = await create(containerName);
      const rename = (to: string) => post(`/containers/${id}/rename?name=${to}`);
      expect(await rename(containerName)).toMatchObject(
        message(400, 'Renaming a container with the same name as its current name'),
      );
      expect(await rename('')).toMatchObject(message(400, 'Neither old nor new names may be empty'));
      expect((await rename('-a')).status).toBe(400);
      expect((await rename(fresh())).status).toBe(204);
      expect(await post(`/containers/${id}/update`, { Memory: 1 })).toMatchObject(
        message(400, 'Minimum memory limit allowed is 6MB'),
      );
      const update = { Memory: 16_777_216, MemorySwap: 16_777_216 };
      expect(await post(`/containers/${id}/update`, update)).toMatchObject({ status: 200 });
      expect(await get(`/containers/${id}/json`)).toMatchObject({ body: { HostConfig: update } });
      expect(await post(`/containers/${id}/kill?signal=NONSENSE`)).toMatchObject(
        message(400, 'Invalid signal: NONSENSE'),
      );
    });

    test('asked to be removed by several hands at once are removed once', async () => {
      const containerName = fresh();
      const id = await running(containerName);
      const replies = await Promise.all(
        [1, 2, 3, 4].map(() => remove(`/containers/${containerName}?force=true`)),
      );
      for (const reply of replies) {
        if (reply.status === 409) {
          const text = `removal of container ${containerName} is already in progress`;
          expect(reply).toMatchObject(message(409, text));
        } else expect([204, 404]).toContain(reply.status);
      }
      expect(replies.map(({ status }) => status)).toContain(204);
      expect((await get(`/containers/${id}/json`)).status).toBe(404);
    });

    test('do not begin without what they bind; where it was tried, that is written down', async () => {
      const source = await mkdtemp(join(tmpdir(), 'tenantry-test-bind-'));
      const bind = { Type: 'bind', Source: source, Target: '/bound', ReadOnly: true } as const;
      const id = await create(fresh(), {}, { Mounts: [bind] });
      await rm(source, { recursive: true });
      const state = async () => dig((await get(`/containers/${id}/json`)).body, 'State');
      // Whoever asks for a start is told before it is tried; a restart, as the engine's own when it comes up, is tried.
      expect(await post(`/containers/${id}/start`)).toMatchObject(
        message(400, `invalid mount config for type "bind": bind source path does not exist: ${source}`),
      );
      expect(await state()).toMatchObject({ Running: false, ExitCode: 0, Error: '' });
      const refused = await post(`/containers/${id}/restart`);
      expect(refused.status).toBe(500);
      expect(field(refused, 'message')).toMatch(missing(source));
      expect(field(refused, 'message')).toContain(`Cannot restart container ${id}: `);
      expect(await state()).toMatchObject({
        Running: false,
        ExitCode: 127,
        Error: expect.stringMatching(missing(source)),
      });
      await mkdir(source);
      try {
        expect((await post(`/containers/${id}/start`)).status).toBe(204);
      } finally {
        await rm(source, { recursive: true });
      }
    });

    test('are waited for until they end, and until they are removed', async () => {
      const id = await running(fresh());
      const ended = post(`/containers/${id}/wait`);
      const gone = post(`/containers/${id}/wait?condition=removed`);
      await post(`/containers/${id}/kill?signal=KILL`);
      expect(await ended).toMatchObject({ status: 200, body: { StatusCode: 137 } });
      await remove(`/containers/${id}?force=1`);
      expect((await gone).status).toBe(200);
    });

    test('that end by themselves are started again by their policy, ever later', async () => {
      const policy = { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } };
      const id = await running(fresh(), engine().crashing, policy);
      const inspected = async () => (await get(`/containers/${id}/json`)).body;
      await eventually(async () => Number(dig(await inspected(), 'RestartCount'))).toBeGreaterThanOrEqual(2);
      expect((await post(`/containers/${id}/stop`)).status).toBe(204);
      expect(await inspected()).toMatchObject({
        State: { Status: 'exited', Running: false, Restarting: false },
      });
    });

    test('with a check of the engine are starting at first and healthy later', async () => {
      const Healthcheck = {
        Test: ['CMD', 'true'],
        Interval: 1e9,
        Timeout: 5e9,
        Retries: 3,
        StartPeriod: 0,
      };
      const id = await create(fresh(), { Healthcheck });
      const status = async () => dig((await get(`/containers/${id}/json`)).body, 'State', 'Health', 'Status');
      expect(await status()).not.toBe('healthy');
      await post(`/containers/${id}/start`);
      await eventually(status).toBe('healthy');
    });
  });
}
