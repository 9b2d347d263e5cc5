import { describe, expect, test } from 'vitest';
import { type Place, Places } from '../../reconciler/places.ts';

/** Somebody who works until he is let go. */
class Someone {
  readonly name: string;
  readonly #log: string[];
  readonly #done = Promise.withResolvers<void>();
  place: Place | null = null;

  constructor(name: string, log: string[]) {
    this.name = name;
    this.#log = log;
  }

  readonly work = async (place: Place): Promise<void> => {
    this.place = place;
    this.#log.push(this.name);
    await this.#done.promise;
  };

  end = (): void => this.#done.resolve();
  fail = (): void => this.#done.reject(new Error(`${this.name} failed`));
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function site(places: number) {
  const log: string[] = [];
  const all = new Places(places);
  const come = (name: string, urgent = false) => {
    const someone = new Someone(name, log);
    const ended = all.run(someone.work, urgent);
    // What fails is looked at by whoever expects it.
    ended.catch(() => undefined);
    return { ...someone, end: someone.end, fail: someone.fail, place: () => someone.place, ended };
  };
  return { log, come };
}

describe('places', () => {
  test('are taken in the order in which people come, as many at once as there are', async () => {
    const { log, come } = site(2);
    const [a] = ['a', 'b', 'c', 'd'].map((name) => come(name));
    await turn();
    expect(log).toEqual(['a', 'b']);
    a?.end();
    await turn();
    expect(log).toEqual(['a', 'b', 'c']);
  });

  test('of who is urgent are his own: however many others work or wait, he begins, and the other way round', async () => {
    const { log, come } = site(1);
    for (const name of ['a', 'b']) come(name);
    for (const name of ['1', '2']) come(name, true);
    await turn();
    expect(log).toEqual(['a', '1']);
  });

  test('are free again after who fails', async () => {
    const { log, come } = site(1);
    const a = come('a');
    come('b');
    a.fail();
    await expect(a.ended).rejects.toThrow('a failed');
    await turn();
    expect(log).toEqual(['a', 'b']);
  });

  test.each([
    [true, 'who lent his in the midst of something has one again before others begin', 'abdc'],
    [false, 'who lent his before he began waits like all others', 'abcd'],
  ])('can be lent: the next one works meanwhile (begun: %s: %s)', async (begun, _what, order) => {
    const { log, come } = site(1);
    const a = come('a');
    const b = come('b');
    const c = come('c');
    await turn();
    const pulled = Promise.withResolvers<string>();
    const lent = a.place()?.lend(() => pulled.promise, begun);
    void lent?.then(() => log.push('d'));
    await turn();
    expect(log).toEqual(['a', 'b']);
    pulled.resolve('image');
    await turn();
    b.end();
    await turn();
    if (begun) a.end();
    else c.end();
    expect(await lent).toBe('image');
    await turn();
    expect(log.join('')).toBe(order);
  });
});
