import { progress as bar, type ProgressResult } from '@clack/prompts';
import type { Progress } from './campaign.ts';
import type { CampaignOptions } from './options.ts';
import { commandFor, type PointResult } from './results.ts';

/** What is said of a point that broke. */
export function brokenLines(
  { point, complaints, again, history }: PointResult,
  engine: CampaignOptions['engine'] = 'double',
): string[] {
  const steady = again === null || again.length > 0;
  return [
    `BROKEN${steady ? '' : ' (it held when it was tried again)'}: ${commandFor(point, engine)}`,
    ...complaints.map((complaint) => `  - ${complaint}`),
    '  calls:',
    ...history.map((line) => `    ${line}`),
  ];
}

/** A bar on a terminal. */
export function onTerminal(): Progress {
  let current: ProgressResult | null = null;
  let label = '';
  let count = 0;
  let all = 0;
  let broken = 0;
  const text = (): string => `${label}: ${count} of ${all}${broken === 0 ? '' : `, ${broken} broken`}`;
  return {
    begin(what, pieces) {
      [label, count, all] = [what, 0, pieces];
      current = bar({ max: Math.max(1, pieces), output: process.stderr });
      current.start(text());
    },
    done() {
      count += 1;
      current?.advance(1, text());
    },
    broke: () => void (broken += 1),
    end() {
      current?.stop(text());
    },
  };
}

/** A line for every twentieth, where nobody watches a terminal; what breaks is told at once. */
export function asLines(write: (line: string) => void, engine: CampaignOptions['engine']): Progress {
  let label = '';
  let count = 0;
  let all = 0;
  return {
    begin(what, pieces) {
      [label, count, all] = [what, 0, pieces];
      write(`${what}: ${pieces}`);
    },
    done() {
      count += 1;
      const part = (of: number): number => Math.floor((of * 20) / all);
      if (part(count) > part(count - 1)) write(`${label}: ${count} of ${all}`);
    },
    broke: (result) => {
      for (const line of brokenLines(result, engine)) write(line);
    },
    end: () => {},
  };
}
