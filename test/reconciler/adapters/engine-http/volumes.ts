import { describe, expect, test } from 'vitest';
import { dig, filtered, type HttpSuite, listOf, message, volumesOf } from './suite.ts';

export function volumesContract({ fresh, get, post, remove, create }: HttpSuite): void {
  describe('volumes', () => {
    test('are listed by label and name, and found one by one', async () => {
      const volume = fresh();
      await post('/volumes/create', { Name: volume, Labels: { suite: volume } });
      const listed = async (filters: object) => volumesOf(await get(`/volumes?${filtered(filters)}`));
      expect(await listed({ label: [`suite=${volume}`] })).toEqual([volume]);
      expect(await listed({ name: [volume] })).toEqual([volume]);
      expect(await listed({ label: [`suite=${volume}x`] })).toEqual([]);
      expect(await get(`/volumes/${volume}`)).toMatchObject({
        status: 200,
        body: { Name: volume, Driver: 'local', Labels: { suite: volume }, Options: null, Scope: 'local' },
      });
      expect(await get('/volumes/tenantry-absent')).toMatchObject(
        message(404, 'get tenantry-absent: no such volume'),
      );
    });

    test('of a name that exists are silently the one that is there, and are not removed while used', async () => {
      const volume = fresh();
      const mount = { Type: 'volume', Source: volume, Target: '/data' };
      const id = await create(fresh(), {}, { Mounts: [mount] });
      // Made by the container, it bears no labels, and gets none.
      expect(await post('/volumes/create', { Name: volume, Labels: { late: 'yes' } })).toMatchObject({
        status: 201,
        body: { Name: volume, Labels: null },
      });
      expect(await remove(`/volumes/${volume}`)).toMatchObject(
        message(409, `remove ${volume}: volume is in use - [${id}]`),
      );
      await remove(`/containers/${id}?v=1`);
      expect(volumesOf(await get(`/volumes?${filtered({ name: [volume] })}`))).toEqual([volume]);
      expect((await remove(`/volumes/${volume}`)).status).toBe(204);
      expect((await remove(`/volumes/${volume}`)).status).toBe(404);
    });

    test('without a name live as long as their container only when asked so', async () => {
      const anonymous = async () => {
        const id = await create(fresh(), {}, { Mounts: [{ Type: 'volume', Target: '/data' }] });
        const [mount] = listOf(dig((await get(`/containers/${id}/json`)).body, 'Mounts'));
        return { id, volume: String(dig(mount, 'Name')) };
      };
      const kept = await anonymous();
      expect(kept.volume).toMatch(/^[0-9a-f]{64}$/);
      await remove(`/containers/${kept.id}`);
      expect((await get(`/volumes/${kept.volume}`)).status).toBe(200);
      await remove(`/volumes/${kept.volume}`);
      const lost = await anonymous();
      await remove(`/containers/${lost.id}?v=true`);
      expect((await get(`/volumes/${lost.volume}`)).status).toBe(404);
    });
  });
}
