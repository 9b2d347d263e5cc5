import pc from 'picocolors';

/** Functions that colour text, or leave it as it is. */
export type Colours = ReturnType<typeof pc.createColors>;

export const plain: Colours = pc.createColors(false);

/**
 * Colours for a stream: only on a terminal, and `NO_COLOR` (https://no-color.org) goes before everything;
 * `FORCE_COLOR` is for programs that show the output on a terminal of their own.
 */
export function coloursFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colours {
  if (env['NO_COLOR']) return plain;
  const forced = env['FORCE_COLOR'] !== undefined && !['', '0', 'false'].includes(env['FORCE_COLOR']);
  return pc.createColors(forced || (stream.isTTY === true && env['TERM'] !== 'dumb'));
}
