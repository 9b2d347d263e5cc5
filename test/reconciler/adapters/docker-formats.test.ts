import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { registryAuth } from '../../../reconciler/adapters/docker-auth.ts';
import { replyError } from '../../../reconciler/adapters/docker-errors.ts';
import { parseEvent } from '../../../reconciler/adapters/docker-events.ts';
import { FrameReader } from '../../../reconciler/adapters/docker-logs.ts';
import { parseImageRef } from '../../../reconciler/adapters/docker-ref.ts';
import * as replies from '../../../reconciler/adapters/docker-replies.ts';
import { isContainerSummary } from '../../../reconciler/adapters/docker-shapes.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('an image reference', () => {
  test.each([
    ['runtime:v1', 'runtime', 'v1', 'docker.io'],
    ['acme/runtime:sha-4f2c1d9', 'acme/runtime', 'sha-4f2c1d9', 'docker.io'],
    ['ghcr.io/acme/runtime:v1', 'ghcr.io/acme/runtime', 'v1', 'ghcr.io'],
    ['localhost/runtime:v1', 'localhost/runtime', 'v1', 'localhost'],
    ['10.0.0.2:5000/a/b:v1', '10.0.0.2:5000/a/b', 'v1', '10.0.0.2:5000'],
    [`ghcr.io/acme/runtime@${DIGEST}`, `ghcr.io/acme/runtime@${DIGEST}`, null, 'ghcr.io'],
    [`ghcr.io:443/runtime:v1@${DIGEST}`, `ghcr.io:443/runtime@${DIGEST}`, null, 'ghcr.io:443'],
  ])('%s', (ref, fromImage, tag, registry) => {
    expect(parseImageRef(ref)).toEqual({ fromImage, tag, registry });
  });

  test.each(['runtime', 'localhost:5000/runtime', 'runtime:', '', ':v1'])(
    '%j is refused: the engine would pull every tag of it',
    (ref) => {
      expect(() => parseImageRef(ref)).toThrow(/names no single image: write repository:tag/);
    },
  );
});

describe('registry credentials', () => {
  const auth = Buffer.from('user:pass').toString('base64');
  const decoded = (config: unknown, registry: string): unknown => {
    const value = registryAuth(config, registry);
    return value === null ? null : JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
  };

  test('are those of the registry', () => {
    const config = { auths: { 'ghcr.io': { auth }, 'other.example': { identitytoken: 'token' } } };
    expect(decoded(config, 'ghcr.io')).toEqual({
      username: 'user',
      password: 'pass',
      serveraddress: 'ghcr.io',
    });
    expect(decoded(config, 'other.example')).toEqual({
      identitytoken: 'token',
      serveraddress: 'other.example',
    });
    expect(decoded(config, 'third.example')).toBeNull();
  });

  test('of Docker Hub are under its old address', () => {
    const serveraddress = 'https://index.docker.io/v1/';
    const config = { auths: { [serveraddress]: { auth } } };
    expect(decoded(config, 'docker.io')).toEqual({ username: 'user', password: 'pass', serveraddress });
  });

  test.each([
    null,
    [],
    {},
    { auths: null },
    { auths: { 'ghcr.io': {} } },
    { auths: { 'ghcr.io': { auth: '%' } } },
  ])('are none in %j', (config) => {
    expect(registryAuth(config, 'ghcr.io')).toBeNull();
  });
});

describe('an event of the engine', () => {
  const raw = (parts: object) =>
    JSON.stringify({ Type: 'container', Action: 'die', timeNano: 1763710000123456789, ...parts });

  test('of a container has its name and time', () => {
    const Actor = { ID: 'abc', Attributes: { name: 'acme', exitCode: '137' } };
    expect(parseEvent(raw({ Actor }))).toEqual({
      type: 'container',
      action: 'die',
      id: 'abc',
      name: 'acme',
      attributes: { name: 'acme', exitCode: '137' },
      time: 1763710000123,
    });
  });

  test('of a network is about the container, where it names one', () => {
    const parts = { Type: 'network', Action: 'disconnect' };
    const Actor = { ID: 'net', Attributes: { container: 'abc', name: 'shared' } };
    expect(parseEvent(raw({ ...parts, Actor }))).toMatchObject({ type: 'network', id: 'abc', name: null });
    expect(parseEvent(raw({ ...parts, Actor: { ID: 'net', Attributes: {} } }))).toMatchObject({ id: 'net' });
  });

  test('of an unknown type is other, with the older time field', () => {
    const event = JSON.stringify({ Type: 'daemon', Action: 'reload', Actor: { ID: 'x' }, time: 7 });
    expect(parseEvent(event)).toEqual({
      type: 'other',
      action: 'reload',
      id: 'x',
      name: null,
      attributes: {},
      time: 7_000,
    });
  });

  test.each(['', 'x', 'null', '[]', '{}', '{"Action":"die","Actor":{}}', '{"Actor":{"ID":"a"}}'])(
    'that is %j is passed over',
    (line) => {
      expect(parseEvent(line)).toBeNull();
    },
  );
});

describe('the frames of a log stream', () => {
  const frame = (stream: number, text: string) => {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };

  test('give the same lines however the network cuts them', () => {
    const part = fc.tuple(
      fc.constantFrom(1, 2),
      fc.string({ unit: fc.constantFrom('a', 'ä', '\n'), maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 20 }), (parts, size) => {
        const bytes = Buffer.concat(parts.map(([stream, text]) => frame(stream, text)));
        const reader = new FrameReader(false);
        const lines = [];
        for (let at = 0; at < bytes.length; at += size)
          lines.push(...reader.push(bytes.subarray(at, at + size)));
        lines.push(...reader.rest());
        for (const [number, stream] of [
          [1, 'stdout'],
          [2, 'stderr'],
        ] as const) {
          const whole = parts.flatMap(([one, text]) => (one === number ? [text] : [])).join('');
          const expected =
            whole.endsWith('\n') || whole === '' ? whole.split('\n').slice(0, -1) : whole.split('\n');
          expect(lines.filter((line) => line.stream === stream).map(({ text }) => text)).toEqual(expected);
        }
      }),
    );
  });
});

describe('a reply of the engine', () => {
  test.each([
    [400, 'docker/invalid', 'never'],
    [401, 'docker/invalid', 'never'],
    [403, 'docker/conflict', 'backoff'],
    [404, 'docker/not-found', 'backoff'],
    [409, 'docker/conflict', 'backoff'],
    [500, 'docker/failed', 'backoff'],
    [503, 'docker/failed', 'backoff'],
  ])('with status %i is %s, retry %s', (status, code, retry) => {
    const error = replyError('start container acme', status, '{"message":"the engine says why"}');
    expect(error).toMatchObject({ code, retry, message: 'cannot start container acme: the engine says why' });
  });

  test('of something in front of the engine keeps its text, or at least its status', () => {
    expect(replyError('list containers', 502, '<h1>Bad gateway</h1>').message).toMatch(/Bad gateway/);
    expect(replyError('list containers', 502, '').message).toBe('cannot list containers: HTTP status 502');
  });

  test('that is no list is never an empty one', () => {
    const isList = replies.isListOf(isContainerSummary);
    for (const reply of [null, {}, '', 'ok', [{}], [null]]) {
      expect(() => replies.expectReply('list containers', reply, isList)).toThrow(/not of the expected form/);
    }
    expect(replies.expectReply('list containers', [], isList)).toEqual([]);
  });

  test('may name no volumes, but not leave them out', () => {
    expect(replies.isVolumeList({ Volumes: null })).toBe(true);
    expect(replies.isVolumeList({})).toBe(false);
  });
});
