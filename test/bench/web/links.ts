import { until } from '../../support/engine-wait.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import type { Bench } from '../rounds.ts';
import { percentile } from '../statistics.ts';
import { WebFigures } from './figures.ts';
import { type House, openHouse } from './house.ts';
import { Screen } from './screen.ts';
import { lossOf } from './stock.ts';

export interface LinkSizes {
  readonly nodes: number;
  /** Of each node. */
  readonly tenants: number;
  /** Repairs a second, and for how long. */
  readonly perSecond: number;
  readonly seconds: number;
  /** Repairs while no node is linked. */
  readonly away: number;
}

export const linkSizes: LinkSizes = { nodes: 100, tenants: 100, perSecond: 50, seconds: 30, away: 2_000 };
export const smokeLinkSizes: LinkSizes = { nodes: 3, tenants: 4, perSecond: 10, seconds: 1, away: 6 };

export const storeKinds = ['embedded store', 'Postgres'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Names of the group's figures, for each kind of store. */
export function linkNames(store: StoreKind) {
  const of = (what: string): string => `${store}: ${what}`;
  return {
    first: of('all nodes link and tell everything, until all is shown'),
    firstCpu: of('all nodes link and tell everything: CPU'),
    steady: (percent: 50 | 99) => of(`steady changes, from node to page, p${percent}`),
    steadyCpu: of('steady changes: CPU of each'),
    steadyShare: of('steady changes: CPU, of one processor'),
    storm: of('all links cut, until all are back and all is shown'),
    stormCpu: of('all links cut: CPU until then'),
    away: of('links back after changes without them, until all is shown'),
    awayCpu: of('links back after changes without them: CPU of each change'),
    late: of('longest wait for the event loop'),
    rss: of('resident memory after all of it'),
    heap: of('heap in use after all of it'),
    lostStatuses: of('statuses that are not as they were told last'),
    lostOutcomes: of('outcomes that are lost or there twice'),
  } as const;
}

/** Far more than it takes. */
const boundMs = 300_000;

/**
 * Many nodes' statuses through one control node: at first, steadily, after a cut of all links, and after a time without
 * them; over each kind of store.
 */
export async function measureLinks(
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
  sizes: LinkSizes,
  rounds: number,
): Promise<WebFigures> {
  const figures = new WebFigures();
  const postgres = await postgresOrNull(progress);
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const store of storeKinds) {
        signal.throwIfAborted();
        if (store === 'Postgres' && postgres === null) continue;
        const databaseUrl = store === 'Postgres' ? ((await postgres?.database()) ?? null) : null;
        const told = (line: string): void =>
          progress(`links: round ${round} of ${rounds}, ${store}: ${line}`);
        await throughAll({ sizes, figures, names: linkNames(store), told, databaseUrl });
      }
    }
  } finally {
    await postgres?.remove();
  }
  return figures;
}

async function postgresOrNull(progress: Bench['progress']): Promise<PostgresServer | null> {
  try {
    return await startPostgres();
  } catch (error) {
    progress(`links: without a Postgres: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function throughAll(run: Omit<Stage, 'house' | 'screen'>): Promise<void> {
  const { sizes, databaseUrl, told, figures, names } = run;
  told(`making ${sizes.nodes} nodes with ${sizes.tenants} tenants each`);
  const house = await openHouse({ ...sizes, databaseUrl });
  try {
    const screen = await Screen.open(house.control.admin);
    try {
      await allStages({ ...run, house, screen });
    } finally {
      await screen.close();
    }
    const said = await house.fleet.said();
    await house.fleet.close();
    await house.control.close();
    const loss = await lossOf(said, { dir: house.storeDir, databaseUrl });
    figures.add(names.lostStatuses, loss.statuses, 'count');
    figures.add(names.lostOutcomes, loss.outcomes, 'count');
    told(`${said.outcomes} outcomes were told; lost: ${loss.outcomes}, and ${loss.statuses} statuses`);
  } finally {
    await house.close();
  }
}

interface Stage {
  readonly house: House;
  readonly screen: Screen;
  readonly sizes: LinkSizes;
  readonly figures: WebFigures;
  readonly names: ReturnType<typeof linkNames>;
  readonly told: (line: string) => void;
  readonly databaseUrl: string | null;
}

async function allStages(stage: Stage): Promise<void> {
  const { house, screen, figures, names, told } = stage;
  const first = await measured(stage, async () => {
    await house.fleet.dial();
    await allShown(house, screen);
  });
  figures.add(names.first, first.ms, 'ms');
  figures.add(names.firstCpu, first.cpuMs, 'ms');
  told(`everything was shown after ${first.ms.toFixed(0)} ms`);
  await steadily(stage);
  await afterCut(stage);
  await afterAbsence(stage);
  const { rssMiB, heapMiB } = await house.control.usage(true);
  figures.add(names.rss, rssMiB, 'MiB');
  figures.add(names.heap, heapMiB, 'MiB');
}

async function steadily(stage: Stage): Promise<void> {
  const { house, screen, figures, names, sizes } = stage;
  screen.takeLateness();
  const steady = await measured(stage, async () => {
    await house.fleet.keepChanging(sizes.perSecond, sizes.seconds);
    await allShown(house, screen);
  });
  const late = screen.takeLateness();
  for (const percent of [50, 99] as const)
    figures.add(names.steady(percent), percentile(late, percent), 'ms');
  figures.add(names.steadyCpu, steady.cpuMs / (sizes.perSecond * sizes.seconds), 'ms');
  figures.add(names.steadyShare, (100 * steady.cpuMs) / steady.ms, '%');
}

/** While they dial again, each node has something to tell. */
async function afterCut(stage: Stage): Promise<void> {
  const { house, screen, figures, names, sizes } = stage;
  const storm = await measured(stage, async () => {
    house.network.cut();
    await house.fleet.change(sizes.nodes);
    await allShown(house, screen);
  });
  figures.add(names.storm, storm.ms, 'ms');
  figures.add(names.stormCpu, storm.cpuMs, 'ms');
}

async function afterAbsence(stage: Stage): Promise<void> {
  const { house, screen, figures, names, sizes } = stage;
  house.network.how = 'refuse';
  house.network.cut();
  await house.fleet.change(sizes.away);
  const back = await measured(stage, async () => {
    house.network.how = 'pass';
    await allShown(house, screen);
  });
  figures.add(names.away, back.ms, 'ms');
  figures.add(names.awayCpu, back.cpuMs / sizes.away, 'ms');
}

/** Until a page shows each tenant as its node told it last, and each node as linked. */
async function allShown({ fleet, tenants }: House, screen: Screen): Promise<void> {
  await fleet.delivered();
  const { since } = await fleet.said();
  await until(
    `${tenants} tenants are shown as they were told`,
    async () => (screen.inSync(since) === tenants && screen.linked === fleet.nodes ? true : null),
    boundMs,
  );
}

async function measured(
  { house, figures, names }: Stage,
  work: () => Promise<void>,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const before = await house.control.usage();
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  const after = await house.control.usage();
  figures.add(names.late, after.lateMs, 'ms');
  return { ms, cpuMs: after.ownMs - before.ownMs };
}
