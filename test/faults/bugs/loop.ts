import type { Bug } from './bug.ts';

/** What a reconciler that goes on does not notice. */
export const loopBugs: readonly Bug[] = [
  {
    name: 'tick-ignored',
    edits: [
      {
        file: 'reconciler/loop.ts',
        find: "every(tickMs, () => this.poke('all')),",
        replace: 'every(tickMs, () => this.poke([])),',
      },
    ],
    caughtAt: {
      workload: 'drift',
      boundary: 'docker',
      mode: 'loop',
      fault: { at: 'GET /events#1', action: 'deaf' },
    },
    complaint: /^INV-15: the loop (did not get there by itself|left \d+ changing calls)/,
  },
  {
    name: 'event-believed-unneeded',
    edits: [
      {
        file: 'reconciler/loop.ts',
        find: 'if (!reconciler.workers.isBusy(tenant)) this.poke([tenant]);',
        replace: 'if (reconciler.workers.isBusy(tenant)) this.poke([tenant]);',
      },
    ],
    // Without ticks: what an event tells is found by it alone.
    caughtAt: { workload: 'drift', boundary: 'docker', mode: 'loop', fault: null, ticks: false },
    complaint: /^INV-15: the loop (did not get there by itself|left \d+ changing calls)/,
  },
];
