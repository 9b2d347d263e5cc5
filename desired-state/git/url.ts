import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GitError } from './errors.ts';

/** What to answer when an http server asks who is there. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

/** A judged remote. `shown` is for messages and logs: it holds no credential. */
export type Remote =
  | { readonly kind: 'path'; readonly path: string; readonly shown: string }
  | {
      readonly kind: 'http';
      /** Without userinfo. */
      readonly url: string;
      readonly origin: string;
      readonly shown: string;
      readonly credential: Credential | null;
    }
  | { readonly kind: 'ssh'; readonly url: string; readonly shown: string };

/**
 * Reads and judges the address of a remote, without looking at network or disk. Names are not looked up in DNS:
 * only literal link-local addresses are refused here.
 * @param text local path, `file://`, `http(s)://`, `ssh://` or `user@host:path`
 * @param options `token` for http; `cwd` that relative paths start from
 * @throws GitError `git/refused-url`
 */
export function parseRemote(
  text: string,
  options: { readonly token?: string; readonly cwd: string },
): Remote {
  if (text === '') throw refused('The address of the repository is empty. Give a path or a URL.');

  if (/[\u0000-\u001f\u007f]|%[01][0-9a-f]|%7f/i.test(text)) {
    throw refused('The address of the repository holds a control character. Take it out.');
  }
  if (text.startsWith('-'))
    throw refused('The address of the repository begins with "-", as an option does.');
  if (/^[a-z0-9+.-]+::/i.test(text)) {
    throw refused(
      `Addresses of the form "${text.slice(0, text.indexOf(':'))}::" run programs and are refused.`,
    );
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === 'file') return fileRemote(text);
  if (scheme === 'http' || scheme === 'https') return httpRemote(text, options.token);
  if (scheme === 'ssh') return sshRemote(text);
  if (scheme !== undefined) {
    throw refused(`"${scheme}://" is not supported. Use https://, ssh://, file:// or a path.`);
  }
  const colon = text.indexOf(':');
  const slash = text.indexOf('/');
  if (colon > 0 && (slash === -1 || colon < slash)) return scpRemote(text, colon);
  const path = resolve(options.cwd, text);
  return { kind: 'path', path, shown: path };
}

function fileRemote(text: string): Remote {
  const url = parseUrl(text);
  if (url.host !== '' || url.search !== '' || url.hash !== '') {
    throw refused('A file:// address names a path of this machine: file:///srv/state.git');
  }
  const path = fileURLToPath(url);
  return { kind: 'path', path, shown: `file://${path}` };
}

function httpRemote(text: string, token: string | undefined): Remote {
  const url = parseUrl(text);
  if (url.search !== '' || url.hash !== '') {
    throw refused(
      'The address of a repository has no "?" and no "#". Give a token apart, not in the address.',
    );
  }
  if (isLinkLocal(url.hostname)) {
    throw refused(`${url.hostname} is a link-local or metadata address; no repository is read from there.`);
  }
  const userinfo = url.username === '' && url.password === '' ? null : userinfoOf(url);
  url.username = '';
  url.password = '';
  const credential = token === undefined || token === '' ? userinfo : tokenCredential(token);
  const plain = url.href.replace(/\/$/, '');
  return { kind: 'http', url: plain, origin: url.origin, shown: plain, credential };
}

/** The value of an `Authorization` header. */
export function basic(credential: Credential): string {
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString('base64')}`;
}

function tokenCredential(token: string): Credential {
  if (/[\u0000-\u0020\u007f]/.test(token)) throw refused('The token for Git holds a space or a line break.');
  return { username: 'x-access-token', password: token };
}

function userinfoOf(url: URL): Credential {
  const username = decode(url.username);
  const password = decode(url.password);
  // `https://TOKEN@host/` is a habit: a token alone stands where the name would.
  return password === '' ? { username: 'x-access-token', password: username } : { username, password };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw refused('The name or password in the address is not percent-encoded properly.', error);
  }
}

function sshRemote(text: string): Remote {
  const url = parseUrl(text);
  if (url.password !== '')
    throw refused('ssh takes keys, not passwords. Take the password out of the address.');
  if (url.search !== '' || url.hash !== '') throw refused('An ssh address has no "?" and no "#".');
  judgeSshPart(decode(url.username), 'user');
  judgeSshPart(decode(url.hostname), 'host');
  if (url.hostname === '') throw refused('The ssh address names no host.');
  if (url.pathname.startsWith('/-')) throw refused('The path of the ssh address begins with "-".');
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    kind: 'ssh',
    url: `ssh://${user}${url.host}${url.pathname}`,
    shown: `ssh://${url.host}${url.pathname}`,
  };
}

function scpRemote(text: string, colon: number): Remote {
  const target = text.slice(0, colon);
  const path = text.slice(colon + 1);
  const at = target.lastIndexOf('@');
  const user = at === -1 ? '' : target.slice(0, at);
  const host = target.slice(at + 1);
  judgeSshPart(user, 'user');
  judgeSshPart(host, 'host');
  if (host === '' || path === '') throw refused('An ssh address has the form user@host:path.');
  if (path.startsWith('-')) throw refused('The path of the ssh address begins with "-".');
  // `user:password@host:path` would be read as the host `user`, and the password shown as a path.
  if (/^[^/]*@[^/]*:/.test(path))
    throw refused('ssh takes keys, not passwords. Take the password out of the address.');
  return { kind: 'ssh', url: text, shown: `${host}:${path}` };
}

/** A host or user that begins with "-" would be an option of ssh. */
function judgeSshPart(part: string, what: string): void {
  if (part.startsWith('-') || !/^[\w.:[\]%~+@-]*$/.test(part)) {
    throw refused(`The ${what} of the ssh address holds characters that are refused.`);
  }
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The cause is left out: Node's error repeats the text, and a password with it.
    throw refused('The address of the repository is not a URL. Compare it with https://host/owner/name.git');
  }
}

/**
 * Whether a host of a parsed URL is an address that clouds serve machine credentials from: 169.254.0.0/16,
 * fe80::/10, their IPv4-mapped and translated forms, and the two well-known exceptions to them.
 */
export function isLinkLocal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (host === 'metadata.google.internal' || host === 'fd00:ec2::254') return true;
  if (isIP(host) === 4) return host.startsWith('169.254.');
  if (isIP(host) !== 6) return false;
  // WHATWG URLs write a mapped IPv4 address in hex: ::ffff:a9fe:…
  return /^fe[89ab][0-9a-f]:/.test(host) || /^(::(ffff:(0:)?)?|64:ff9b::)(a9fe:|169\.254\.)/.test(host);
}

function refused(message: string, cause?: unknown): GitError {
  return new GitError('git/refused-url', message, { cause });
}
