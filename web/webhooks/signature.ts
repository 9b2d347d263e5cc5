import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export type Sender = 'github' | 'gitlab' | 'plain';

/** What of a request a signature is checked against. */
export interface Delivery {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came, byte by byte. */
  readonly body: Uint8Array;
}

/** Seconds that a signed moment may be away from our clock. */
const WINDOW_S = 300;
/** What GitLab's signing tokens begin with; its older secret tokens may be anything else. */
const SIGNING_TOKEN = 'whsec_';

/**
 * Whether a delivery is from whom it says. Answers what marks this very delivery, so that it is known when it comes again;
 * null when it is not authentic. Comparisons take the same time whatever they compare. Pure.
 *
 * - GitHub: `x-hub-signature-256`, over the body.
 * - GitLab: with a signing token (`whsec_…`) `webhook-signature` over id, moment and body; with a secret token
 *   `x-gitlab-token`, which is that token itself.
 * - plain: `x-tenantry-signature`, over `x-tenantry-timestamp` (Unix seconds), a dot and the body.
 *
 * @param now milliseconds since the epoch
 */
export function authenticate(sender: Sender, secret: string, delivery: Delivery, now: number): string | null {
  switch (sender) {
    case 'github':
      return github(secret, delivery);
    case 'gitlab':
      return secret.startsWith(SIGNING_TOKEN)
        ? signedGitlab(secret, delivery, now)
        : gitlab(secret, delivery);
    case 'plain':
      return plain(secret, delivery, now);
  }
}

function github(secret: string, { headers, body }: Delivery): string | null {
  const given = one(headers['x-hub-signature-256']);
  const wanted = `sha256=${hmac(secret, body).toString('hex')}`;
  return given !== null && same(given, wanted) ? wanted : null;
}

function gitlab(secret: string, { headers, body }: Delivery): string | null {
  const given = one(headers['x-gitlab-token']);
  if (given === null || !same(given, secret)) return null;
  return `gitlab ${createHash('sha256').update(body).digest('hex')}`;
}

/** GitLab follows the Standard Webhooks specification: the key is what stands behind the prefix, in base64. */
function signedGitlab(secret: string, { headers, body }: Delivery, now: number): string | null {
  const id = one(headers['webhook-id']);
  const moment = one(headers['webhook-timestamp']);
  const given = one(headers['webhook-signature']);
  if (id === null || moment === null || given === null || !isRecent(moment, now)) return null;
  const key = Buffer.from(secret.slice(SIGNING_TOKEN.length), 'base64');
  const wanted = `v1,${hmac(key, Buffer.concat([Buffer.from(`${id}.${moment}.`), body])).toString('base64')}`;
  // Several while a token is being replaced.
  return given.split(' ').some((signature) => same(signature, wanted)) ? wanted : null;
}

function plain(secret: string, { headers, body }: Delivery, now: number): string | null {
  const moment = one(headers['x-tenantry-timestamp']);
  const given = one(headers['x-tenantry-signature']);
  if (moment === null || given === null || !isRecent(moment, now)) return null;
  const wanted = `sha256=${hmac(secret, Buffer.concat([Buffer.from(`${moment}.`), body])).toString('hex')}`;
  return same(given, wanted) ? wanted : null;
}

function hmac(key: string | Uint8Array, bytes: Uint8Array): Buffer {
  return createHmac('sha256', key).update(bytes).digest();
}

/** A header that came twice is not one that anybody signed. */
function one(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function isRecent(moment: string, now: number): boolean {
  return /^\d{1,12}$/.test(moment) && Math.abs(now / 1000 - Number(moment)) <= WINDOW_S;
}

/** Hashed first: what is compared then has one length, whatever was given. */
function same(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
