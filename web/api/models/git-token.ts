import Type, { type Static } from 'typebox';
import { at, orNull, text, word } from './common.ts';

const scope = word(['read', 'push']);

/** A token for `git clone` and `git push`, without its secret. */
export const gitToken = Type.Object({
  id: text,
  name: text,
  scopes: Type.Array(scope),
  createdAt: at,
  lastUsedAt: orNull(at),
  expiresAt: orNull(at),
});

export const gitTokens = Type.Object({
  /** Where a clone comes from; null when the repository is at another host. */
  cloneUrl: orNull(text),
  /** What the caller may use one for now; nothing where he may not use Git at all. */
  may: Type.Array(scope),
  tokens: Type.Array(gitToken),
});

export const newGitToken = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 100, description: 'What it is for: `laptop`, `ci`.' }),
  scopes: Type.Array(scope, { minItems: 1, maxItems: 2, uniqueItems: true }),
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 366, description: 'How long it holds; 90 when it is left out.' }),
  ),
});

export const gitTokenMade = Type.Object({
  token: gitToken,
  secret: Type.String({ description: 'The password for git. It is answered here, and never again.' }),
});

export type GitTokens = Static<typeof gitTokens>;
export type GitTokenMade = Static<typeof gitTokenMade>;
export type GitTokenView = Static<typeof gitToken>;
