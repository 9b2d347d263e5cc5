import { describe, expect, test } from 'vitest';
import { containerBody } from '../../../support/docker-bodies.ts';
import { field, filtered, type HttpSuite, listOf, message, namesOf } from './suite.ts';

export function containersContract({ engine, fresh, get, post, remove, create, running }: HttpSuite): void {
  describe('containers', () => {
    test('are listed by label, name, id, status and volume, the stopped ones only when all are asked for', async () => {
      const [up, down] = [fresh(), fresh()];
      const mount = { Type: 'volume', Source: `${up}-data`, Target: '/data' };
      const upId = await running(up, { Labels: { suite: up, role: 'a' } }, { Mounts: [mount] });
      const downId = await create(down, { Labels: { suite: up, role: 'b' } });
      const listed = async (filters: object, all = 1) =>
        namesOf(await get(`/containers/json?all=${all}&${filtered(filters)}`));
      expect(await listed({ label: [`suite=${up}`] })).toEqual([down, up]);
      expect(await listed({ label: [`suite=${up}`] }, 0)).toEqual([up]);
      expect(await listed({ label: [`suite=${up}`, 'role=b'] })).toEqual([down]);
      expect(await listed({ label: { [`suite=${up}`]: true } })).toEqual([down, up]);
      expect(await listed({ name: [`^/${up}$`] })).toEqual([up]);
      expect(await listed({ id: [downId.slice(0, 20)] })).toEqual([down]);
      expect(await listed({ label: ['suite'], id: [upId] })).toEqual([up]);
      expect(await listed({ label: [`suite=${up}`], status: ['created'] })).toEqual([down]);
      expect(await listed({ volume: [`${up}-data`] })).toEqual([up]);
      expect(await get(`/containers/json?${filtered({ colour: ['red'] })}`)).toMatchObject(
        message(400, "Invalid filter 'colour'"),
      );
      const [entry] = listOf((await get(`/containers/json?${filtered({ id: [upId] })}`)).body);
      expect(entry).toMatchObject({
        Id: upId,
        Names: [`/${up}`],
        State: 'running',
        Status: expect.stringMatching(/^Up /),
        Labels: { suite: up, role: 'a' },
        HostConfig: { NetworkMode: 'none' },
        Mounts: [{ Type: 'volume', Name: `${up}-data`, Destination: '/data' }],
      });
    });

    test('are found by the beginning of their id', async () => {
      const id = await create(fresh());
      expect(field(await get(`/containers/${id.slice(0, 16)}/json`), 'Id')).toBe(id);
    });

    test('that are not there are told by the name that was asked for', async () => {
      const absent = `${engine().prefix}-absent`;
      const expected = message(404, `No such container: ${absent}`);
      expect(await get(`/containers/${absent}/json`)).toMatchObject(expected);
      for (const verb of ['start', 'stop', 'restart', 'pause', 'unpause', 'wait', 'update']) {
        expect(await post(`/containers/${absent}/${verb}`, {}), verb).toMatchObject(expected);
      }
      expect(await post(`/containers/${absent}/kill`)).toMatchObject(
        message(404, `Cannot kill container: ${absent}: No such container: ${absent}`),
      );
      expect(await remove(`/containers/${absent}`)).toMatchObject(expected);
      expect(await get(`/containers/${absent}/logs?stdout=1`)).toMatchObject(expected);
    });

    test('of a taken or impossible name, or of an absent image, are refused with the reason', async () => {
      const containerName = fresh();
      const id = await create(containerName);
      const body = containerBody(engine().image);
      const taken = `The container name "/${containerName}" is already in use by container "${id}"`;
      const again = await post(`/containers/create?name=${containerName}`, body);
      expect(again.status).toBe(409);
      expect(field(again, 'message')).toContain(taken);
      expect(await post('/containers/create?name=-b', body)).toMatchObject(
        message(400, 'Invalid container name (-b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed'),
      );
      const absent = { ...body, Image: 'tenantry-test/absent:v0' };
      expect(await post(`/containers/create?name=${fresh()}`, absent)).toMatchObject(
        message(404, 'No such image: tenantry-test/absent:v0'),
      );
      const source = '/nonexistent/tenantry';
      const bind = { Type: 'bind', Source: source, Target: '/x', ReadOnly: true } as const;
      const bound = containerBody(engine().image, {}, { Mounts: [bind] });
      expect(await post(`/containers/create?name=${fresh()}`, bound)).toMatchObject(
        message(400, `invalid mount config for type "bind": bind source path does not exist: ${source}`),
      );
    });

    test('that run already, or stand still already, answer 304', async () => {
      const id = await running(fresh());
      expect(await post(`/containers/${id}/start`)).toMatchObject({ status: 304, body: '' });
      expect((await post(`/containers/${id}/stop?t=5`)).status).toBe(204);
      expect(await post(`/containers/${id}/stop?t=5`)).toMatchObject({ status: 304, body: '' });
      expect(await post(`/containers/${id}/kill`)).toMatchObject(
        message(409, `Cannot kill container: ${id}: Container ${id} is not running`),
      );
    });

    test('that are paused are neither started nor removed nor paused again', async () => {
      const id = await running(fresh());
      expect((await post(`/containers/${id}/pause`)).status).toBe(204);
      expect(await get(`/containers/${id}/json`)).toMatchObject({
        body: { State: { Status: 'paused', Running: true, Paused: true } },
      });
      expect(await post(`/containers/${id}/pause`)).toMatchObject(
        message(409, `Container ${id} is already paused`),
      );
      expect(await post(`/containers/${id}/start`)).toMatchObject(
        message(409, 'cannot start a paused container, try unpause instead'),
      );
      const refused = await remove(`/containers/${id}`);
      expect(refused.status).toBe(409);
      expect(field(refused, 'message')).toContain(`You cannot remove a paused container ${id}`);
      expect((await post(`/containers/${id}/unpause`)).status).toBe(204);
      expect(await post(`/containers/${id}/unpause`)).toMatchObject(
        message(500, `Container ${id} is not paused`),
      );
    });
  });
}
