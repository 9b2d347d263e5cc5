import type { Cost } from './plan.ts';
import type { Step } from './step.ts';

/** Seconds from stopping the old container to the new one serving, beside the time it takes to drain. */
const swapSeconds = 2;

/** What a tenant's waves mean for the people who use it, read off the steps themselves. */
export function costOf(waves: readonly (readonly Step[])[]): Cost {
  const steps = waves.flat();
  const has = (action: Step['action']): boolean => steps.some((step) => step.action === action);
  const first = (action: Step['action']): number => steps.findIndex((step) => step.action === action);
  if (steps.length === 0) return { interruption: 'none', seconds: 0, text: 'nothing to do' };
  if (has('container.restart')) return down('restarted');
  const creates = has('container.create');
  const starts = has('container.start');
  const stops = has('container.stop');
  if (stops && starts) {
    return first('container.await-healthy') < first('container.stop')
      ? { interruption: 'none', seconds: 0, text: 'replaced, no interruption' }
      : down('recreated');
  }
  // A start-first replacement that was cut short: the new container runs already.
  if (stops && has('container.rename'))
    return { interruption: 'none', seconds: 0, text: 'replaced, no interruption' };
  if (stops) return { interruption: 'down', seconds: 0, text: 'stopped' };
  if (creates && starts) return { interruption: 'new', seconds: 0, text: 'created' };
  if (creates) return { interruption: 'none', seconds: 0, text: 'made ready, not started' };
  if (starts) return { interruption: 'new', seconds: 0, text: 'started' };
  if (has('container.remove'))
    return { interruption: 'none', seconds: 0, text: 'tidied up, no interruption' };
  return { interruption: 'none', seconds: 0, text: 'in place, no interruption' };
}

function down(what: string): Cost {
  return { interruption: 'down', seconds: swapSeconds, text: `${what}, about ${swapSeconds} s down` };
}
