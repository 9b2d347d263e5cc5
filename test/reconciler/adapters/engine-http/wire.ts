import { describe, expect, test } from 'vitest';
import { type HttpSuite, message } from './suite.ts';

export function wireContract({ engine, raw, fresh, get, create }: HttpSuite): void {
  describe('on the wire', () => {
    test('it says who it is with every reply, and takes calls with a version in front', async () => {
      const ping = await get('/_ping');
      expect(ping).toMatchObject({ status: 200, body: 'OK' });
      expect(ping.headers).toMatchObject({ 'api-version': '1.41', ostype: 'linux' });
      expect((await raw().ask('HEAD', '/_ping')).headers['api-version']).toBe('1.41');
      expect((await get('/v1.41/version')).body).toMatchObject({ ApiVersion: '1.41', Os: 'linux' });
      expect(await get('/v1.99/version')).toMatchObject(
        message(400, 'client version 1.99 is too new. Maximum supported API version is 1.41'),
      );
      expect(await get('/nothing')).toMatchObject(message(404, 'page not found'));
      expect((await get('/info')).body).toMatchObject({
        ID: expect.any(String),
        SwapLimit: expect.any(Boolean),
      });
    });

    test('short replies have a length and long ones come in chunks', async () => {
      const containerName = fresh();
      await create(containerName);
      const short = await get(`/containers/${engine().prefix}-absent/json`);
      expect(short.headers['content-length']).toBeDefined();
      const long = await get(`/containers/${containerName}/json`);
      expect(long.headers['content-length']).toBeUndefined();
      expect(long.headers['transfer-encoding']).toBe('chunked');
    });

    test('a body that is not JSON is refused', async () => {
      const asked = raw().ask('POST', '/volumes/create', {}, { 'content-type': 'text/plain' });
      expect(await asked).toMatchObject(
        message(400, "Content-Type specified (text/plain) must be 'application/json'"),
      );
    });
  });
}
