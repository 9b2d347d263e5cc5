import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { unreachable } from './remote-errors.ts';
import { isLinkLocal, type Remote } from './url.ts';

/** Answers all addresses of a name. @throws when there is none */
export type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const system: Resolve = (host) => lookup(host, { all: true });

/**
 * The settings by which git asks just the addresses that a name has now (`http.curloptResolve`, git 2.37 and newer): it
 * resolves names itself, and would otherwise follow one that leads to where a cloud serves machine credentials from.
 * Nothing for an address, for ssh, and behind a proxy, which resolves names in our place.
 * @throws GitError `git/unreachable` when the name leads to a link-local address, or nowhere
 */
export async function pinnedAddress(
  remote: Remote,
  env: Readonly<Record<string, string>>,
  resolve: Resolve = system,
): Promise<readonly (readonly [string, string])[]> {
  if (remote.kind !== 'http' || behindProxy(env)) return [];
  const { hostname, port, protocol } = new URL(remote.url);
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return [];
  let addresses: readonly string[];
  try {
    addresses = (await resolve(hostname)).map(({ address }) => address);
  } catch (error) {
    throw unreachable(remote, `its name could not be resolved (${hostname})`, error);
  }
  const bad = addresses.find((address) => isLinkLocal(address));
  if (bad !== undefined) throw unreachable(remote, `${hostname} leads to the link-local address ${bad}`);
  const known = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return [['http.curloptResolve', `${hostname}:${known}:${addresses.map(bracketed).join(',')}`]];
}

function bracketed(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}

function behindProxy(env: Readonly<Record<string, string>>): boolean {
  return ['http_proxy', 'https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].some(
    (name) => (env[name] ?? '') !== '',
  );
}
