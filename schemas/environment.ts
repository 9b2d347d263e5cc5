import { isIP } from 'node:net';
import { plainSecret, urlPassword } from './plain-secret.ts';

/** What is wrong with one environment variable. The value itself is never part of the message. */
export interface EnvironmentProblem {
  readonly code: 'policy/control-private-ip' | 'policy/redis-url' | 'policy/plain-secret';
  readonly message: string;
}

/**
 * Judges one variable of an environment written in plain text. `tenant` is for the command in the message.
 * Null when there is nothing to say.
 */
export function environmentProblem(name: string, value: string, tenant: string): EnvironmentProblem | null {
  if (name === 'CONTROL_PRIVATE_IP') {
    const message = controlPrivateIpProblem(value);
    if (message !== null) return { code: 'policy/control-private-ip', message };
  }
  if (urlPassword(value)) return plain(`\`${name}\` is a URL with its password in plain text`, name, tenant);
  if (name === 'REDIS_URL') {
    const message = redisUrlProblem(value);
    if (message !== null) return { code: 'policy/redis-url', message: `${message} ${store(name, tenant)}` };
    // A whole URL holds its credentials, so it can only be a secret.
    return plain(`\`${name}\` holds its credentials in plain text`, name, tenant);
  }
  const what = plainSecret(value);
  return what === null ? null : plain(`\`${name}\` looks like ${what} in plain text`, name, tenant);
}

function plain(what: string, name: string, tenant: string): EnvironmentProblem {
  const message = `${what}: take it out, ${store(name, tenant, 's')}, and change the credential, since the history keeps this one.`;
  return { code: 'policy/plain-secret', message };
}

function store(name: string, tenant: string, form: 'S' | 's' = 'S'): string {
  const command = `\`tenantry secret set ${tenant} ${name}\``;
  return form === 's' ? `store it with ${command}` : `Store it with ${command}.`;
}

/** Why a value is no host address alone, for `CONTROL_PRIVATE_IP`; null when it is one (IPv4 or IPv6). */
export function controlPrivateIpProblem(value: string): string | null {
  if (isIP(value) !== 0 && !value.includes('%')) return null;
  const rule = '`CONTROL_PRIVATE_IP` is the address of a host alone, as in `10.0.0.2`';
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value))
    return `${rule}: leave out the scheme, and put a URL into a variable of its own.`;
  if (value.includes('@'))
    return `${rule}: leave out the credentials; they belong into \`REDIS_URL\`, which is never derived.`;
  if (value.startsWith('[')) return `${rule}: leave out the brackets and the port.`;
  if (/^[0-9.]+:[0-9]+$/.test(value)) return `${rule}: leave out the port.`;
  if (value.includes('/')) return `${rule}: leave out the slash and what follows it.`;
  return `${rule}, IPv4 or IPv6; this is neither.`;
}

/**
 * Why a value is no whole Redis URL with its credentials, for `REDIS_URL`; null when it is one. Says nothing of where
 * the value may be kept: it is a secret. The message never repeats the value.
 */
export function redisUrlProblem(value: string): string | null {
  const rule =
    '`REDIS_URL` is a whole URL with its credentials, as in `redis://default:PASSWORD@10.0.0.2:6379`';
  if (!/^rediss?:\/\//.test(value)) {
    return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(value)
      ? `${rule}: the scheme must be redis:// or rediss://.`
      : `${rule}: it must begin with redis:// or rediss://.`;
  }
  if (/[\s\p{Cc}]/u.test(value)) return `${rule}: it must not hold white space.`;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || url.hostname === '')
    return `${rule}: this one cannot be read; percent-encode odd characters in the password.`;
  if (url.password === '') return `${rule}: the password is missing.`;
  return null;
}
