import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createProbe } from '../../../reconciler/adapters/probe.ts';

const probe = createProbe();
let close: (() => Promise<void>) | null = null;

afterEach(async () => {
  await close?.();
  close = null;
});

const target = (port: number, path = '/api/health') => ({ address: '127.0.0.1', port, path });

async function serve(listener: RequestListener): Promise<number> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

describe('a health request', () => {
  test.each([
    [200, true],
    [204, true],
    [302, true],
    [400, false],
    [404, false],
    [500, false],
    [503, false],
  ])('that is answered with %i is healthy: %s', async (status, healthy) => {
    const port = await serve((_request, response) => response.writeHead(status).end());
    const result = await probe.http(target(port), 5_000);
    expect(result.healthy).toBe(healthy);
    expect(result.detail).toMatch(new RegExp(`^HTTP ${status} in \\d+ ms$`));
  });

  test('asks for its path once and follows no redirect', async () => {
    const asked: string[] = [];
    const port = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await probe.http(target(port, '/ready?deep=1'), 5_000);
    expect(asked).toEqual(['GET /ready?deep=1']);
  });

  test('that is not answered in time is unhealthy', async () => {
    const port = await serve(() => undefined);
    expect(await probe.http(target(port), 1_500)).toEqual({
      healthy: false,
      detail: 'no answer within 1.5 s',
    });
  });

  test('to a port where nobody listens is unhealthy', async () => {
    const port = await serve(() => undefined);
    await close?.();
    close = null;
    expect(await probe.http(target(port), 5_000)).toEqual({ healthy: false, detail: 'connection refused' });
  });

  test('that is answered with something else than HTTP is unhealthy', async () => {
    const server = createTcpServer((socket) => socket.resume().end('hello\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    close = () => new Promise((resolve) => server.close(() => resolve()));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    const result = await probe.http(target(address.port), 5_000);
    expect(result.healthy).toBe(false);
    expect(result.detail).toContain('Expected HTTP/');
  });

  test('whose body never ends is judged by its status, and the connection is given up', async () => {
    const closed = Promise.withResolvers<undefined>();
    const port = await serve((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(16_384);
      const send = setInterval(() => response.write(chunk), 1);
      response.on('close', () => {
        clearInterval(send);
        closed.resolve(undefined);
      });
    });
    expect(await probe.http(target(port), 10_000)).toMatchObject({ healthy: true });
    await closed.promise;
  });

  test('that cannot even be made never throws', async () => {
    expect(await probe.http(target(1, '/a path\n'), 1_000)).toMatchObject({ healthy: false });
    expect(await probe.http({ address: '127.0.0.1', port: 70_000, path: '/' }, 1_000)).toMatchObject({
      healthy: false,
    });
  });
});
