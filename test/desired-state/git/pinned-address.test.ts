import { expect, test } from 'vitest';
import { pinnedAddress, type Resolve } from '../../../desired-state/git/pinned-address.ts';
import { parseRemote } from '../../../desired-state/git/url.ts';
import { gitError } from './contract.ts';

const remote = (url: string) => parseRemote(url, { cwd: '/srv' });
const to =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address }));

test('git asks the addresses that were looked at, and no others', async () => {
  const pinned = (url: string) => pinnedAddress(remote(url), {}, to('192.0.2.7', '2001:db8::7'));
  const addresses = '192.0.2.7,[2001:db8::7]';
  expect(await pinned('https://git.example.com/state.git')).toEqual([
    ['http.curloptResolve', `git.example.com:443:${addresses}`],
  ]);
  expect(await pinned('http://git.example.com:8080/state.git')).toEqual([
    ['http.curloptResolve', `git.example.com:8080:${addresses}`],
  ]);
});

test.each(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
  'a name that leads to %s is refused, also beside another address',
  async (address) => {
    const asked = pinnedAddress(remote('https://git.example.com/r.git'), {}, to('192.0.2.7', address));
    const error = await gitError(asked);
    expect(error).toMatchObject({ code: 'git/unreachable', retry: 'backoff' });
    expect(error.message).toContain(`git.example.com leads to the link-local address ${address}`);
  },
);

test('a name that leads nowhere is told', async () => {
  const nowhere = async () => Promise.reject(new Error('ENOTFOUND'));
  const error = await gitError(pinnedAddress(remote('https://git.example.com/r.git'), {}, nowhere));
  expect(error.message).toContain('could not be resolved (git.example.com)');
});

test.each([
  ['an address', 'http://192.0.2.7/r.git', {}],
  ['an IPv6 address', 'http://[2001:db8::7]/r.git', {}],
  ['ssh', 'git@git.example.com:r.git', {}],
  ['a path', '/srv/state.git', {}],
  ['a proxy', 'https://git.example.com/r.git', { https_proxy: 'http://proxy.example.com:3128' }],
])('nothing is looked up for %s', async (_, url, env) => {
  const never = async () => Promise.reject(new Error('looked up'));
  expect(await pinnedAddress(remote(url), env, never)).toEqual([]);
});
