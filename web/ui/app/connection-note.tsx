import { useEffect, useState } from 'react';
import { useNow } from '../data/clock.ts';
import { useConnection } from '../data/live.ts';
import { lasting } from '../words/time.ts';
import { announce } from './announcer.tsx';

/** A blink of the line is nobody's business. */
const PATIENCE = 2_000;

/** Tells a lost connection once, says how old the page is, and goes away by itself. */
export function ConnectionNote() {
  const connection = useConnection();
  const since = connection.state === 'lost' ? connection.since : null;
  const [told, setTold] = useState(false);
  const now = useNow();
  useEffect(() => {
    if (connection.state === 'open' && told) {
      announce('Connected again');
      setTold(false);
    }
    if (since === null || told) return;
    const timer = setTimeout(() => {
      setTold(true);
      announce('The connection to the control node is lost. The page shows what was last known.');
    }, PATIENCE);
    return () => clearTimeout(timer);
  }, [connection.state, since, told]);
  if (!told || since === null) return null;
  return (
    <aside
      aria-label="Connection"
      className="sticky top-0 z-10 border-b border-line bg-warn-soft px-4 py-2 text-sm md:px-6"
    >
      <span className="font-medium text-warn">Not connected.</span> What you see is{' '}
      {lasting(Math.max(1_000, now - since))} old; tenants run on, and the page connects again by itself.
    </aside>
  );
}
