import { expect, test } from 'vitest';
import { Attempts } from '../../../web/http/attempts.ts';

class Wrong extends Error {}
class Refused extends Error {}

function attempts(max = 3) {
  const clock = { at: 0 };
  const made = new Attempts({
    limit: { max, seconds: 60 },
    isFailure: (error) => error instanceof Wrong,
    refusal: (seconds) => new Refused(String(seconds)),
    now: () => clock.at,
  });
  const end = async (name: string, error?: Error): Promise<string> => {
    try {
      await made.make(name, () => (error === undefined ? Promise.resolve() : Promise.reject(error)));
      return 'made';
    } catch (caught) {
      return caught instanceof Refused ? `refused for ${caught.message} s` : 'failed';
    }
  };
  return { made, clock, end };
}

test('failures count until their window is over, whatever succeeds between them', async () => {
  const { clock, end } = attempts();
  expect(await end('ada', new Wrong())).toBe('failed');
  expect(await end('ada')).toBe('made');
  clock.at = 10_000;
  expect(await end('ada', new Wrong())).toBe('failed');
  expect(await end('ada', new Wrong())).toBe('failed');
  expect(await end('ada')).toBe('refused for 50 s');
  expect(await end('grace')).toBe('made');
  clock.at = 60_000;
  expect(await end('ada')).toBe('made');
});

test('what kept an attempt from being made is no failure', async () => {
  const { end } = attempts();
  for (let turn = 0; turn < 5; turn += 1) expect(await end('ada', new Error('busy'))).toBe('failed');
  expect(await end('ada')).toBe('made');
});

test('attempts under way count, and are given back', async () => {
  const { made, end } = attempts(2);
  const finish: (() => void)[] = [];
  const open = [0, 1].map(() => made.make('ada', () => new Promise<void>((done) => void finish.push(done))));
  expect(await end('ada')).toBe('refused for 1 s');
  for (const done of finish) done();
  await Promise.all(open);
  expect(await end('ada')).toBe('made');
});

test('one that began in the window before is given back to the one that it ends in', async () => {
  const { made, clock, end } = attempts(1);
  let finish = (): void => undefined;
  const open = made.make('ada', () => new Promise<void>((done) => void (finish = done)));
  clock.at = 70_000;
  expect(await end('ada')).toBe('refused for 1 s');
  finish();
  await open;
  expect(await end('ada')).toBe('made');
});

test('names that nobody has push out each other, and not whoever is guessed at', async () => {
  const { end } = attempts();
  await end('ada', new Wrong());
  await end('ada', new Wrong());
  for (let turn = 0; turn < 10_100; turn += 1) await end(`nobody-${turn}`, new Wrong());
  await end('ada', new Wrong());
  expect(await end('ada')).toMatch(/^refused/);
});
