import Type, { type Static } from 'typebox';
import { at, orNull, text, word } from './common.ts';
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

/** `GET /v1/auth/setup`: all that is told to anybody. */
export const setupState = Type.Object({
  signedUp: Type.Boolean({ description: 'Whether anybody has an account yet.' }),
});

/** `GET /v1/auth/sessions`: one's own, the one that was used last first. */
export const sessionList = Type.Object({
  items: Type.Array(
    Type.Object({
      id: text,
      kind: word(['browser', 'program']),
      from: Type.String({ description: 'Address and name of the client, when it signed in.' }),
      since: at,
      seenAt: at,
      current: Type.Boolean({ description: 'The one that asks.' }),
    }),
  ),
});

export type SessionList = Static<typeof sessionList>;
export type SetupState = Static<typeof setupState>;
export type SignedIn = Static<typeof signedIn>;
