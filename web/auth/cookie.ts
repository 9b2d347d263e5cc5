import { createHmac } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lifetimes } from './sessions.ts';

/**
 * `__Host-`: the browser takes it from this host alone, over TLS (or from its own machine), for all paths. `Strict`, since
 * the page itself is the same for everybody and asks for what is its reader's from its own site: nothing is lost by it.
 */
export const sessionCookie = '__Host-tenantry';
const options = { path: '/', httpOnly: true, secure: true, sameSite: 'strict' } as const;

export function cookieOf({ cookies }: FastifyRequest): string | null {
  return cookies[sessionCookie] ?? null;
}

export function setCookie(reply: FastifyReply, value: string): void {
  void reply.setCookie(sessionCookie, value, { ...options, maxAge: lifetimes.browser.most / 1000 });
}

export function clearCookie(reply: FastifyReply): void {
  void reply.clearCookie(sessionCookie, options);
}

/** What the page sends with every change of a session: it can be known only to who was answered by `me`. */
export function csrfOf(cookie: string): string {
  return createHmac('sha256', cookie).update('csrf').digest('base64url');
}
