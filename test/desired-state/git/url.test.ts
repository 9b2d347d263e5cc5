import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GitError, scrub } from '../../../desired-state/git/errors.ts';
import { isLinkLocal, parseRemote } from '../../../desired-state/git/url.ts';

const cwd = '/srv/here';

describe('the address of a remote', () => {
  test.each([
    ['/srv/state.git', '/srv/state.git'],
    ['../state', '/srv/state'],
    ['./a:b', '/srv/here/a:b'],
    ['file:///srv/a%20b.git', '/srv/a b.git'],
  ])('%s is the path %s', (text, path) => {
    expect(parseRemote(text, { cwd })).toMatchObject({ kind: 'path', path });
  });

  test.each([
    ['ssh://git@host.example:2222/owner/state.git', 'ssh://host.example:2222/owner/state.git'],
    ['git@host.example:owner/state.git', 'host.example:owner/state.git'],
    ['host:state.git', 'host:state.git'],
  ])('%s is read by ssh and shown as %s', (text, shown) => {
    expect(parseRemote(text, { cwd })).toEqual({ kind: 'ssh', url: text, shown });
  });

  test('a token given apart is used, and one in the address is moved out of it', () => {
    const apart = parseRemote('https://host.example/o/r.git', { cwd, token: 'canary' });
    const url = 'https://host.example/o/r.git';
    const credential = { username: 'x-access-token', password: 'canary' };
    expect(apart).toEqual({ kind: 'http', url, origin: 'https://host.example', shown: url, credential });
    expect(parseRemote('https://canary@host.example/o/r.git/', { cwd })).toEqual(apart);
    expect(parseRemote('https://bob:s%40id@host.example/o/r.git', { cwd })).toMatchObject({
      url,
      shown: url,
      credential: { username: 'bob', password: 's@id' },
    });
    expect(parseRemote('https://host.example/o/r.git', { cwd })).toMatchObject({ credential: null });
  });

  test.each([
    'ext::sh -c id',
    'fd::17',
    'git://host.example/r',
    'ftp://host.example/r',
    'rsync://host/r',
    '--upload-pack=touch /tmp/x',
    '-x',
    '',
    '/srv/a\nb',
    '/srv/a\0b',
    'https://host.example/a%0ab',
    'https://host.example/r?token=canary',
    'https://host.example/r#canary',
    'https://',
    'http://canary:pass word@[',
    'ssh://-oProxyCommand=id/r',
    'ssh://-l@host/r',
    'ssh://bob:canary@host/r',
    'ssh://host/-x',
    '-oProxyCommand=id:r',
    'git@-oProxyCommand=id:r',
    'bob:canary@host:r',
    'git@host:-x',
    'file://server/share',
    'https://169.254.169.254/latest',
    'http://2852039166/latest',
    'http://0xa9fea9fe/latest',
    'http://[fe80::1]/r',
    'http://[::ffff:169.254.169.254]/r',
    'http://[fd00:ec2::254]/r',
    'http://metadata.google.internal/r',
  ])('%j is refused, without a secret in the message', (text) => {
    let thrown: unknown;
    try {
      parseRemote(text, { cwd });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GitError);
    expect(thrown).toMatchObject({ code: 'git/refused-url', retry: 'never' });
    expect(String(thrown)).not.toContain('canary');
  });

  test('a token with a line break is refused: it would add a header', () => {
    const parse = (): unknown => parseRemote('https://host.example/r', { cwd, token: 'a\r\nX-Evil: 1' });
    expect(parse).toThrow(GitError);
  });

  test('whatever userinfo an address has, its shown form holds none of it', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/);
    fc.assert(
      fc.property(part, part, (user, password) => {
        const remote = parseRemote(`https://${user}:${password}@host.example/r.git`, { cwd });
        expect(remote.shown).toBe('https://host.example/r.git');
        expect(remote).toMatchObject({
          url: 'https://host.example/r.git',
          credential: { username: user, password },
        });
      }),
    );
  });

  test('every address of 169.254.0.0/16 and fe80::/10 is link-local, and its neighbours are not', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(fc.property(byte, byte, (a, b) => isLinkLocal(new URL(`http://169.254.${a}.${b}/`).hostname)));
    for (const host of [
      '169.253.1.1',
      '169.255.1.1',
      '10.0.0.1',
      '127.0.0.1',
      '[fec0::1]',
      '[fd00::1]',
      'host.example',
    ]) {
      expect(isLinkLocal(host), host).toBe(false);
    }
    for (const host of ['[fe80::1]', '[febf:1::1]', '[fe90::]']) expect(isLinkLocal(host), host).toBe(true);
  });
});

test('scrubbing takes userinfo and secrets out of foreign text, in each of their forms', () => {
  const secret = 'p@ss/word';
  const text = `fatal: https://bob:p%40ss%2Fword@h/r and ${secret} and ${btoa(secret)} and ${encodeURIComponent(secret)}`;
  expect(scrub(text, [secret])).toBe('fatal: https://h/r and *** and *** and ***');
});
