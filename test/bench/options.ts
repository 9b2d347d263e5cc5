import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Spread, spreads } from './floor.ts';
import { type Sizes, sizes, smokeSizes } from './scale/measure.ts';
import type { NeighbourOptions } from './scale/neighbours.ts';
import type { SoakOptions } from './scale/soak.ts';
import { ways } from './scale/ways.ts';
import { type LinkSizes, linkSizes, smokeLinkSizes } from './web/links.ts';
import { type ListSizes, listSizes, smokeListSizes } from './web/list.ts';

const groups = [
  'cold',
  'no-op',
  'repair',
  'real',
  'scale',
  'neighbours',
  'edit',
  'list',
  'links',
  'soak',
] as const;
/** What is measured when nothing is chosen: a soak of an hour is asked for by name. */
const usual: readonly Group[] = groups.filter((group) => group !== 'soak');
export type Group = (typeof groups)[number];

/** Groups with fleets on a real engine. */
const fleets: readonly Group[] = ['cold', 'no-op', 'repair', 'real'];

/** Whether any of them is measured on a Docker Engine; the others have doubles, or ask for none. */
export function needsEngine(only: ReadonlySet<Group>): boolean {
  return only.has('edit') || fleets.some((group) => only.has(group));
}

/** In a soak each tenant is changed about so often, in milliseconds, however many there are: 18 times an hour. */
const perTenantMs = 200_000;

/** How often each group is measured. */
type Rounds = Readonly<Record<Exclude<Group, 'soak'>, number>>;

const usualRounds: Rounds = {
  cold: 3,
  'no-op': 10,
  repair: 15,
  real: 3,
  scale: 5,
  neighbours: 3,
  edit: 15,
  list: 5,
  links: 3,
};
const once: Rounds = {
  cold: 1,
  'no-op': 1,
  repair: 1,
  real: 1,
  scale: 1,
  neighbours: 1,
  edit: 1,
  list: 1,
  links: 1,
};
const quickRounds: Rounds = { ...once, 'no-op': 3, repair: 5, scale: 3, edit: 5, list: 3 };

export interface BenchOptions {
  readonly tenants: number;
  /** Of the group `real`, which has more of them. */
  readonly realTenants: number;
  readonly only: ReadonlySet<Group>;
  /** Whether a missed target is a failure of the command. */
  readonly strict: boolean;
  readonly rounds: Rounds;
  readonly scale: Sizes;
  readonly neighbours: NeighbourOptions;
  readonly list: ListSizes;
  readonly links: LinkSizes;
  readonly soak: SoakOptions;
  readonly sweep: readonly Spread[];
  /** Where the report goes as JSON. */
  readonly json: string;
}

export const usage = `Usage: npm run bench -- [options]

  --tenants N       how many tenants (default: 40; real 200; soak 1,000)
  --only GROUPS     cold, no-op, repair, real, scale, neighbours, edit, list, links, soak, separated by commas
                    (default: all but soak)
  --rounds N        rounds of each group (default: cold 3, no-op 10, repair 15, real 3,
                    scale 5, neighbours 3, edit 15, list 5, links 3)
  --minutes N       how long the soak goes on (default: 60)
  --quick           fewer rounds, and fewer spreads of bare calls
  --smoke           two tenants, one round: whether the bench itself works
  --strict          ends with 2 when a target is missed; otherwise a miss is only told
  --json FILE       where the report is written (default: a file in the system's temporary folder)
  --help            this text`;

/** @returns null when help was asked for. @throws Error with one sentence for a wrong argument */
export function readOptions(args: readonly string[], at: Date): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tenants: { type: 'string' },
      only: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const { quick, smoke } = values;
  const rounds = values.rounds === undefined ? null : wholeNumber('--rounds', values.rounds);
  const minutes = values.minutes === undefined ? null : wholeNumber('--minutes', values.minutes);
  const asked = values.tenants === undefined ? null : wholeNumber('--tenants', values.tenants);
  const tenants = asked ?? (smoke ? 2 : 40);
  const only = groupsOf(values.only ?? usual.join(','));
  if (tenants > 200 && fleets.some((group) => only.has(group)))
    throw new Error('--tenants: the network of a fleet has room for 200');
  const soaked = asked ?? (smoke ? 6 : 1_000);
  return {
    tenants,
    only,
    strict: values.strict,
    realTenants: asked ?? (smoke ? tenants : 200),
    rounds:
      rounds === null
        ? smoke
          ? once
          : quick
            ? quickRounds
            : usualRounds
        : { ...once, ...Object.fromEntries(groups.map((group) => [group, rounds])) },
    scale: smoke ? smokeSizes : sizes,
    neighbours: smoke
      ? { tenants: 6, settleMs: 300, ways: 2 }
      : { tenants: 100, settleMs: 1_500, ways: ways.length },
    list: smoke ? smokeListSizes : listSizes,
    links: smoke ? smokeLinkSizes : linkSizes,
    soak: smoke
      ? { tenants: soaked, minutes: minutes ?? 0.02, pauseMs: 10, settleMs: 200 }
      : { tenants: soaked, minutes: minutes ?? 60, pauseMs: perTenantMs / soaked, settleMs: 2_000 },
    sweep: smoke ? spreads(1) : quick ? spreads(8, 2) : spreads(8),
    json: values.json ?? join(tmpdir(), `tenantry-bench-${at.toISOString().replace(/[:.]/g, '-')}.json`),
  };
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`${option} takes a whole number from 1, not "${text}"`);
  return Number(text);
}

function groupsOf(text: string): ReadonlySet<Group> {
  return new Set(
    text.split(',').map((word) => {
      const group = groups.find((known) => known === word.trim());
      if (group === undefined) throw new Error(`--only knows ${groups.join(', ')}, and not "${word}"`);
      return group;
    }),
  );
}
