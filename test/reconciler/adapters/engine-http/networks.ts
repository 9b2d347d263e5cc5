import { describe, expect, test } from 'vitest';
import { networkBody } from '../../../support/docker-bodies.ts';
import { field, type HttpSuite, message } from './suite.ts';

export function networksContract({ fresh, get, post, remove, create, running }: HttpSuite): void {
  describe('networks', () => {
    test('that are missing let a container be made, and not be started', async () => {
      const network = fresh();
      const id = await create(fresh(), {}, { NetworkMode: network });
      const expected = message(404, `network ${network} not found`);
      expect(await post(`/containers/${id}/start`)).toMatchObject(expected);
      expect(await get(`/containers/${id}/json`)).toMatchObject({
        body: { State: { Status: 'created', ExitCode: 128, Error: `network ${network} not found` } },
      });
      expect((await post('/networks/create', networkBody(network))).status).toBe(201);
      expect((await post(`/containers/${id}/start`)).status).toBe(204);
    });

    test('that were made anew are others to a container that was in the old one', async () => {
      const network = fresh();
      const body = networkBody(network);
      const old = field(await post('/networks/create', body), 'Id');
      const id = await running(fresh(), {}, { NetworkMode: network });
      await post(`/containers/${id}/stop?t=5`);
      expect((await remove(`/networks/${network}`)).status).toBe(204);
      await post('/networks/create', body);
      expect(await post(`/containers/${id}/start`)).toMatchObject(message(404, `network ${old} not found`));
    });

    test('in use, of a taken name, and over taken addresses are refused', async () => {
      const network = fresh();
      const body = networkBody(network);
      const networkId = field(await post('/networks/create', body), 'Id');
      expect(await post('/networks/create', body)).toMatchObject(
        message(409, `network with name ${network} already exists`),
      );
      expect(await post('/networks/create', { ...body, Name: fresh() })).toMatchObject(
        message(403, 'Pool overlaps with other one on this address space'),
      );
      const containerName = fresh();
      const id = await running(containerName, {}, { NetworkMode: network });
      expect(await post(`/networks/${network}/connect`, { Container: id })).toMatchObject(
        message(403, `endpoint with name ${containerName} already exists in network ${network}`),
      );
      expect(await remove(`/networks/${network}`)).toMatchObject(
        message(403, `error while removing network: network ${network} id ${networkId} has active endpoints`),
      );
      expect(await get(`/networks/${network}`)).toMatchObject({
        status: 200,
        body: { Id: networkId, Containers: { [id]: { Name: containerName } } },
      });
      const leave = { Container: id, Force: true };
      expect((await post(`/networks/${network}/disconnect`, leave)).status).toBe(200);
      expect(await post(`/networks/${network}/disconnect`, leave)).toMatchObject(
        message(500, `container ${id} is not connected to network ${network}`),
      );
      expect((await remove(`/networks/${network}`)).status).toBe(204);
      expect(await get(`/networks/${network}`)).toMatchObject(message(404, `network ${network} not found`));
    });
  });
}
