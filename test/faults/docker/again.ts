import { isLasting, refusedWith } from './actions.ts';
import type { Call } from './keys.ts';

/**
 * The asks that follow a read which was refused or cut. The reconciler asks once more at once, over another connection,
 * and again when that one was kept and is cut as well; only when all of these fail has it failed to read. Or all that
 * follow, of a change too, where what went wrong lasts.
 */
export class Again {
  /** Method and address. */
  #call: string | null = null;
  #action = '';
  #left = 0;

  /** A fault has happened to this call. */
  begin({ method, template }: Call, url: string, action: string): void {
    if (this.#call !== null || template === '/events' || (method !== 'GET' && !isLasting(action))) return;
    this.#call = `${method} ${url}`;
    this.#action = action;
    this.#left = asksToFail(action);
  }

  /** What is to happen to the next ask of it; null where it is let through. */
  next(method: string, url: string): string | null {
    if (this.#call !== `${method} ${url}` || this.#left === 0) return null;
    this.#left -= 1;
    return this.#action;
  }

  forget(): void {
    this.#call = null;
    this.#left = 0;
  }
}

function asksToFail(action: string): number {
  if (isLasting(action)) return Number.POSITIVE_INFINITY;
  if (action === 'reset') return 2;
  return refusedWith(action) === null ? 0 : 1;
}
