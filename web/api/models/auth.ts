import Type, { type Static } from 'typebox';
import { orNull, text } from './common.ts';
import { me } from './platform.ts';

/** What a program gets: the access token goes into the Authorization header, the refresh token is used once. */
export const tokens = Type.Object({
  accessToken: text,
  tokenType: text,
  /** Seconds. */
  expiresIn: Type.Integer(),
  refreshToken: text,
});

/** `POST /v1/auth/login` and `signup`. A browser gets a cookie, and no tokens. */
export const signedIn = Type.Object({ me, tokens: orNull(tokens) });

export type SignedIn = Static<typeof signedIn>;
