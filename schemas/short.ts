/** Most characters of a text that a message quotes. */
const LONGEST = 40;

/** A text as a message quotes it: cut, and on one line, whatever its characters would do to a screen or a log. */
export function short(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
  return cut.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
