/** Postgres's numbers of the types whose values are read here. */
export const typeIds = { bytea: 17, int8: 20, date: 1082, timestamptz: 1184 } as const;

/**
 * How a column's text becomes a value, alike on both engines: a `bigint` is a number as long as a number can hold it,
 * bytes are a Buffer, a date without a time stays text (it has no time zone that could make it a moment).
 */
export const readers: Readonly<Record<number, (text: string) => unknown>> = {
  [typeIds.bytea]: (text) => Buffer.from(text.slice(2), 'hex'),
  [typeIds.int8]: (text) => {
    const number = Number(text);
    return Number.isSafeInteger(number) ? number : BigInt(text);
  },
  [typeIds.date]: (text) => text,
  [typeIds.timestamptz]: (text) => new Date(text),
};
