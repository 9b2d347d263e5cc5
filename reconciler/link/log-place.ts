import type { LogLine, LogOptions } from '../ports.ts';

/** Two streams are written side by side: a line may be a little older than one that stands before it. */
const overlapMs = 1_000;
/** Lines of the last moment that are remembered; a container that writes more in it may be shown some of them again. */
const mostKnown = 5_000;
const firstLines = 200;

/** Up to where a container's log was read: who begins again there repeats no line and leaves none out. */
export class LogPlace {
  #container: string | null = null;
  #newest = '';
  /** Lines of the last moment with how often each was read, oldest first. */
  #known = new Map<string, { readonly at: string; count: number }>();
  #again = new Map<string, number>();

  /** What to ask of a container: the end of the first one's log, all of those that come after it. */
  options(container: string): LogOptions {
    const first = this.#container === null;
    if (this.#container !== container) {
      this.#container = container;
      this.#newest = '';
      this.#known.clear();
    }
    this.#again = new Map([...this.#known].map(([key, { count }]) => [key, count]));
    const begin = { follow: true, timestamps: true };
    if (this.#newest === '') return { ...begin, tail: first ? firstLines : null };
    return { ...begin, tail: null, since: earlier(this.#newest) };
  }

  /** Whether a line was not read before; it is from now on. A line whose time the engine does not say is always new. */
  take({ at, stream, text }: LogLine): boolean {
    if (at === undefined) return true;
    const key = `${stream} ${at} ${text}`;
    const again = this.#again.get(key) ?? 0;
    if (again > 0) {
      this.#again.set(key, again - 1);
      return false;
    }
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, { at, count: 1 });
    else known.count += 1;
    if (at > this.#newest) this.#newest = at;
    this.#forget();
    return true;
  }

  #forget(): void {
    const oldest = earlier(this.#newest);
    for (const [key, { at }] of this.#known) {
      if (at >= oldest && this.#known.size <= mostKnown) return;
      this.#known.delete(key);
    }
  }
}

/** The overlap before a moment of the engine's, which has nine digits of a second. */
function earlier(at: string): string {
  const fraction = /\.\d+/.exec(at)?.[0] ?? '';
  const seconds = new Date(Date.parse(at.replace(fraction, '')) - overlapMs).toISOString();
  return seconds.replace('.000Z', `${fraction.padEnd(10, '0')}Z`);
}
