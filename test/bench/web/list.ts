import type { TenantPage } from '../../../web/api/models/tenant.ts';
import { until } from '../../support/engine-wait.ts';
import type { Bench } from '../rounds.ts';
import { percentile } from '../statistics.ts';
import { WebFigures } from './figures.ts';
import { type House, openHouse } from './house.ts';
import { Readers } from './readers.ts';
import { Visitor } from './visitor.ts';

export interface ListSizes {
  readonly nodes: number;
  /** Of each node. */
  readonly tenants: number;
  readonly readers: number;
  /** Answers that each reader waits for, a round. */
  readonly answers: number;
}

export const listSizes: ListSizes = { nodes: 10, tenants: 100, readers: 50, answers: 20 };
export const smokeListSizes: ListSizes = { nodes: 2, tenants: 3, readers: 2, answers: 2 };

/** As the page asks: so many lines at once, and more as one scrolls. */
const pageLines = 200;

const percentiles = [50, 95, 99] as const;

/** Names of the group's figures, by how many tenants there are. */
export function listNames(tenants: number) {
  const page = `a page of the list of ${tenants} tenants`;
  const whole = `all ${tenants} tenants in one answer`;
  return {
    page: (percent: number) => `${page}, p${percent}`,
    pageCpu: `${page}: CPU`,
    alone: `${page}, one reader, p50`,
    first: `${page}, the last of all readers who connect at once`,
    whole: (percent: number) => `${whole}, p${percent}`,
    wholeCpu: `${whole}: CPU`,
  } as const;
}

/** Many people read the list of tenants at once, whose statuses their nodes have told. */
export async function measureList(
  { progress, signal }: Pick<Bench, 'progress' | 'signal'>,
  { nodes, tenants, readers: count, answers }: ListSizes,
  rounds: number,
): Promise<WebFigures> {
  const figures = new WebFigures();
  progress(`list: a control node with ${nodes * tenants} tenants and ${count} readers`);
  const viewers = Array.from({ length: count }, (_, index) => `reader-${index + 1}@example.com`);
  const house = await openHouse({ nodes, tenants, viewers, databaseUrl: null });
  try {
    await house.fleet.dial();
    await allInSync(house);
    const readers = await invited(house, viewers);
    const paths = await pages(house);
    // What runs for the first time is compiled.
    await round(house, readers, { paths, answers }, new WebFigures());
    for (let count = 1; count <= rounds; count += 1) {
      signal.throwIfAborted();
      await round(house, readers, { paths, answers }, figures);
      progress(`list: round ${count} of ${rounds}`);
    }
  } finally {
    await house.close();
  }
  return figures;
}

async function round(
  { control, tenants }: House,
  visitors: readonly Visitor[],
  { paths, answers }: { readonly paths: readonly string[]; readonly answers: number },
  figures: WebFigures,
): Promise<void> {
  const names = listNames(tenants);
  const alone = new Readers(visitors.slice(0, 1));
  const readers = new Readers(visitors);
  const note = async (
    name: (percent: number) => string,
    cpu: string,
    asked: readonly string[],
  ): Promise<void> => {
    const before = await control.usage();
    const { ms } = await readers.read(asked, answers);
    const after = await control.usage();
    for (const percent of percentiles)
      figures.addTo(names.alone, name(percent), percentile(ms, percent), 'ms');
    figures.add(cpu, (after.ownMs - before.ownMs) / ms.length, 'ms');
  };
  try {
    const { ms } = await alone.read(paths, answers);
    figures.add(names.alone, percentile(ms, 50), 'ms');
    const { wholeMs } = await readers.read(paths, 1);
    figures.addTo(names.alone, names.first, wholeMs, 'ms');
    await note(names.page, names.pageCpu, paths);
    await note(names.whole, names.wholeCpu, [`/v1/tenants?limit=${tenants}`]);
  } finally {
    alone.close();
    readers.close();
  }
}

async function allInSync({ control, tenants }: House): Promise<void> {
  await until(
    `${tenants} tenants are in sync`,
    async () => {
      const { counts } = await control.admin.ask<TenantPage>('GET', '/v1/tenants?limit=1');
      return counts['InSync'] === tenants ? true : null;
    },
    120_000,
  );
}

/** They accept their invitations, each from an address of his own. */
async function invited({ control }: House, emails: readonly string[]): Promise<Visitor[]> {
  const readers: Visitor[] = [];
  for (const [index, email] of emails.entries()) {
    const { token } = await control.admin.ask<{ token: string }>('POST', '/v1/access/invitations', { email });
    const address = `198.51.100.${index + 1}`;
    readers.push(await Visitor.signUp(control.url, { email, name: email, invitation: token, address }));
  }
  return readers;
}

/** The paths by which the page comes from the top of the list to its end. */
async function pages({ control }: House): Promise<string[]> {
  const paths: string[] = [];
  let cursor: string | null = null;
  do {
    const path: string = `/v1/tenants?limit=${pageLines}${cursor === null ? '' : `&cursor=${cursor}`}`;
    paths.push(path);
    ({ next: cursor } = await control.admin.ask<TenantPage>('GET', path));
  } while (cursor !== null);
  return paths;
}
