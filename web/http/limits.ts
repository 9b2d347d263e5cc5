import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WebError } from '../errors.ts';
import { Attempts, type Limit } from './attempts.ts';

export interface Limits {
  /** All requests of one address, before anything is looked up for them. */
  readonly address: Limit;
  /** All requests of one account, from wherever. */
  readonly account: Limit;
  /** Attempts to sign in, sign up or refresh, of one address. */
  readonly signInAddress: Limit;
  /** Wrong passwords for one account, from wherever. */
  readonly signInAccount: Limit;
}

export const usualLimits: Limits = {
  address: { max: 6_000, seconds: 60 },
  account: { max: 3_000, seconds: 60 },
  signInAddress: { max: 60, seconds: 900 },
  signInAccount: { max: 10, seconds: 900 },
};

/** At the sign-in, and where somebody who is signed in says his password again. */
const wrongPassword: ReadonlySet<string> = new Set(['auth/credentials', 'auth/password-now']);

/** Keys that each limit remembers; the least recently seen ones are forgotten beyond it. */
const REMEMBERED = 10_000;

/** Each counts a request, and refuses it with 429 beyond its limit. @throws WebError `limit/…` */
export interface Limiter {
  address(request: FastifyRequest): Promise<void>;
  account(request: FastifyRequest): Promise<void>;
  signInAddress(request: FastifyRequest): Promise<void>;
  /** Makes an attempt with an account's password: it counts while it is made, and after that if the password was wrong. */
  signInAccount<T>(email: string, attempt: () => Promise<T>): Promise<T>;
}

declare module 'fastify' {
  interface FastifyInstance {
    limiter: Limiter;
  }
}

/** Counts in memory, of bounded size. An IPv6 address counts as its /64, which is what one customer has at the least. */
export async function limitRates(app: FastifyInstance, limits: Limits): Promise<Limiter> {
  await app.register(rateLimit, { global: false, cache: REMEMBERED, ipv6Subnet: 64 });
  type Key = (request: FastifyRequest) => string;
  const counter = ({ max, seconds }: Limit, keyGenerator?: Key) =>
    app.createRateLimit({
      max,
      timeWindow: seconds * 1000,
      ...{ cache: REMEMBERED },
      ...(keyGenerator === undefined ? {} : { keyGenerator }),
    });
  const address = counter(limits.address);
  const account = counter(limits.account, ({ caller }) => caller?.id ?? '');
  const signInAddress = counter(limits.signInAddress);
  const guesses = new Attempts({
    limit: limits.signInAccount,
    isFailure: (error) => error instanceof WebError && wrongPassword.has(error.code),
    refusal: (seconds) => tooMany('this account', Math.ceil(seconds)),
    now: Date.now,
  });
  type Count = Awaited<ReturnType<typeof address>>;
  const refuseBeyond = (count: Count, whose: string): void => {
    if (!count.isAllowed && count.isExceeded) throw tooMany(whose, count.ttlInSeconds);
  };
  return {
    address: async (request) => refuseBeyond(await address(request), 'your address'),
    account: async (request) => refuseBeyond(await account(request), 'your account'),
    signInAddress: async (request) => refuseBeyond(await signInAddress(request), 'your address'),
    signInAccount: (email, attempt) => guesses.make(email, attempt),
  };
}

function tooMany(whose: string, seconds: number): WebError {
  return new WebError('limit/exceeded', 429, `Too many requests of ${whose}. Try again in ${seconds} s.`, {
    headers: { 'retry-after': String(Math.max(1, seconds)) },
  });
}
