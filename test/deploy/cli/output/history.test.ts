import { describe, expect, it } from 'vitest';
import { plain } from '../../../../deploy/cli/output/colours.ts';
import { historyLines, historyOf } from '../../../../deploy/cli/output/history.ts';
import type { Commit } from '../../../../desired-state/git/port.ts';
import { now, revision } from '../plans.ts';

const commit: Commit = {
  oid: revision,
  parents: [],
  author: { name: 'Ops', email: 'ops@example.com' },
  time: now - 10_000,
  message: 'acme: greet\n\nmore\n',
};
const outcome = {
  tenant: 'acme',
  revision,
  outcome: 'done',
  steps: ['write prompts/greeting.md'],
  error: null,
  at: now,
  ms: 35,
} as const;

describe('the history of a tenant', () => {
  it('joins commits with what became of them, newest first', () => {
    const entries = historyOf([commit], [outcome], new Map([[revision, 'acme: greet']]));
    expect(`\n${historyLines(entries, { width: 80, colours: plain }).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      2026-11-21 10:31:05Z  done in 35 ms
          for 4f2c1d9e “acme: greet”
          - write prompts/greeting.md
      2026-11-21 10:30:55Z  4f2c1d9e  by Ops <ops@example.com>
          acme: greet
      "
    `);
  });

  it('puts what a node did after the commit of the same moment', () => {
    const entries = historyOf([{ ...commit, time: now }], [outcome], new Map());
    expect(entries.map(({ type }) => type)).toEqual(['outcome', 'commit']);
  });

  it('says so when nothing is recorded', () => {
    expect(historyLines([], { width: 80, colours: plain })).toEqual(['Nothing is recorded.']);
  });
});
