import { constants } from 'node:os';

/** @param signal as `SIGHUP`, `HUP` or `1`. @returns null when there is none of that name */
export function numberOfSignal(signal: string): number | null {
  if (/^\d{1,2}$/.test(signal)) return Number(signal) > 0 && Number(signal) < 65 ? Number(signal) : null;
  const upper = signal.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  return Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? null;
}
