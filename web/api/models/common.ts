import Type, { type Static } from 'typebox';

/** Pieces that all answers of the API are made of. The page takes its types from here, so that the two cannot part. */
export const text = Type.String();
export const at = Type.Number({ description: 'Milliseconds since the epoch.' });
export const oid = Type.String({ description: 'Commit id.', pattern: '^[0-9a-f]{40}$' });
/** Name of a tenant or of any other document. */
export const documentName = Type.String({ minLength: 1, maxLength: 63, pattern: '^[a-z0-9][-a-z0-9]*$' });
export const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
export const word = <const W extends readonly [string, ...string[]]>(
  words: W,
  options: { readonly description?: string } = {},
) => Type.Unsafe<W[number]>({ type: 'string', enum: [...words], ...options });

export const person = Type.Object({ name: text, email: text });

/** A commit as every state and every change names it. */
export const commitRef = Type.Object({
  oid,
  subject: text,
  author: person,
  at,
});

/** RFC 9457, with what our errors add: a stable code, located problems, both texts of a conflict. */
export const problemJson = Type.Object({
  type: text,
  title: text,
  status: Type.Integer(),
  detail: text,
  code: text,
  problems: Type.Optional(Type.Array(Type.Unknown())),
  conflict: Type.Optional(
    Type.Object({
      /** The newest revision, to base the edit on; null where whoever refused it does not know. */
      revision: orNull(oid),
      files: Type.Array(
        Type.Object({ path: text, base: orNull(text), ours: orNull(text), theirs: orNull(text) }),
      ),
    }),
  ),
});

export type CommitRef = Static<typeof commitRef>;
export type ProblemJson = Static<typeof problemJson>;
