import { expect, test } from 'vitest';
import { cronProblem } from '../../schemas/cron.ts';
import { closest } from '../../schemas/suggest.ts';

test.each([
  '* * * * *',
  '30 3 * * *',
  '*/5 0-6 1,15 jan-jun mon-fri',
  '0 0 31 12 7',
  '0-30/10 * * * *',
  '@daily',
])('The schedule %s can be run', (schedule) => {
  expect(cronProblem(schedule)).toBeNull();
});

test.each([
  ['60 * * * *', 'minute'],
  ['0 24 * * *', 'hour'],
  ['0 0 0 * *', 'day of the month'],
  ['0 0 1 13 *', 'month'],
  ['0 0 1 foo *', 'month'],
  ['0 0 * * 8', 'day of the week'],
  ['*/0 * * * *', 'minute'],
  ['30-10 * * * *', 'minute'],
  ['1--2 * * * *', 'minute'],
  ['5/10 * * * *', 'minute'],
  ['1,,2 * * * *', 'minute'],
  ['*/5/5 * * * *', 'minute'],
])('The schedule %s is refused for its %s', (schedule, field) => {
  expect(cronProblem(schedule)).toContain(`The ${field} of the schedule`);
});

test.each([
  ['ownr', 'owner'],
  ['Owner', 'owner'],
  ['chanel', 'channel'],
  ['rutnime', 'runtime'],
  ['subdomian', 'subdomain'],
])('The mistyped word %s is taken for %s', (word, meant) => {
  expect(closest(word, ['owner', 'node', 'channel', 'runtime', 'subdomain'])).toBe(meant);
});

test.each(['', 'x', 'replicas', 'o'.repeat(100_000)])('Nothing is near to the word %s', (word) => {
  expect(closest(word, ['owner', 'node', 'channel'])).toBeNull();
});
