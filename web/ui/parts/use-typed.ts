import { useEffect, useRef, useState } from 'react';

/** While somebody types, nothing is said. */
const REST = 200;

/**
 * A text that is typed here and lives in the address. It is said once typing rests, however often the page is drawn
 * meanwhile; and what the address says is taken over only where somebody else said it (back, a link, `Clear`), so that a
 * letter typed while an own word is on its way is not lost.
 *
 * @param said what the address says
 */
export function useTyped(
  said: string,
  say: (text: string) => void,
): readonly [typed: string, setTyped: (text: string) => void] {
  const [typed, setTyped] = useState(said);
  /** What was said from here and the address may still come back with, oldest first. */
  const own = useRef([said]);
  const latest = useRef(say);
  useEffect(() => {
    latest.current = say;
  });
  useEffect(() => {
    const at = own.current.lastIndexOf(said);
    own.current = at === -1 ? [said] : own.current.slice(at);
    if (at === -1) setTyped(said);
  }, [said]);
  useEffect(() => {
    if (typed === own.current.at(-1)) return;
    const timer = setTimeout(() => {
      own.current.push(typed);
      latest.current(typed);
    }, REST);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
