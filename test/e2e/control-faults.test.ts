import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { LinkEntry } from '../../schemas/link/messages.ts';
import type { WireTenantStatus } from '../../schemas/link/status.ts';
import type { Database } from '../../web/ports.ts';
import { openDatabase } from '../../web/store/database.ts';
import type { CliProcess } from '../support/cli-process.ts';
import { type ControlProcess, startControlProcess } from '../support/control-process.ts';
import { silentLog } from '../support/database.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { health, runtimeImage, TestHost, yaml } from '../support/host.ts';
import type { Journalled } from '../support/outbox-journal.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { startReconcilerProcess } from '../support/reconciler-process.ts';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { containerWhen, statusDocumentOf } from '../support/watched.ts';

vi.setConfig({ testTimeout: 180_000 });

const preload = join(import.meta.dirname, '../support/outbox-journal.ts');
const tenants = ['acme', 'globex'] as const;

let host: TestHost;
let postgres: PostgresServer;
/** The node's alone, which fetches over HTTP: nothing but the link and its polling tells it that Git has moved. */
let gitServer: GitServer;
let control: ControlProcess;
let proxy: TcpProxy;
let db: Database;
let node: CliProcess;
let image: string;
let turn = 0;

/** The node and its control node are processes of their own, with a network between them that a test may cut. */
beforeAll(async () => {
  image = await runtimeImage('v1');
  host = await TestHost.make();
  for (const tenant of tenants) define(tenant, 'Hello.');
  postgres = await startPostgres();
  const url = await postgres.database();
  gitServer = await startGitServer(dirname(host.repository.dir));
  control = await startControlProcess({ repo: host.repository.dir, databaseUrl: url });
  db = await openDatabase({ url, dir: '/unused', log: silentLog });
  proxy = await openTcpProxy(control.port);
  await control.join(host.node, join(host.dir, 'data'));
  node = startNode();
  await told();
}, 300_000);
afterAll(async () => {
  await node?.end('SIGKILL');
  await db?.close();
  await proxy?.close();
  await control?.close();
  await gitServer?.close();
  await postgres?.remove();
  await host?.remove();
}, 120_000);

function define(tenant: string, prompt: string): string {
  const runtime = { health, update: { strategy: 'start-first' } };
  return host.tenant(
    tenant,
    { image, runtime },
    { 'prompts/greeting.yaml': yaml('Prompt', 'greeting', { text: prompt }) },
  );
}

function startNode(): CliProcess {
  const more = ['--control', `http://127.0.0.1:${proxy.port}`, '--poll', '2'];
  const repo = `${gitServer.url}/${basename(host.repository.dir)}/.git`;
  const env = { OUTBOX_JOURNAL: join(host.dir, 'journal') };
  return startReconcilerProcess(host, { preload, more, repo, env });
}

/** Another hand takes a container away, and Git moves: the node has to mend the one and follow the other. */
async function changes(): Promise<void> {
  turn += 1;
  const [tenant, other] = turn % 2 === 0 ? tenants : (['globex', 'acme'] as const);
  const { id } = await host.identity(tenant);
  await host.docker.removeContainer(id, { force: true });
  const text = `Hello, for the ${turn}. time.`;
  define(other, text);
  await containerWhen(host, tenant, 'is there again', (found) => found.Id !== id && found.State.Running);
  await expect
    .poll(async () => JSON.stringify(await host.ask(other, '/api/prompts')), { timeout: 60_000 })
    .toContain(text);
}

const asText = (value: unknown): string => canonicalize(value) ?? '';

/** Outcomes and events that the node's outbox was given, in order; `kept`: those that it certainly had. */
function journal(): { readonly given: readonly string[]; readonly kept: readonly string[] } {
  const lines = readFileSync(join(host.dir, 'journal'), 'utf8').trim().split('\n');
  const all = lines.map((line) => JSON.parse(line) as Journalled);
  const kept = new Set(all.flatMap((line) => ('kept' in line ? [line.kept] : [])));
  const facts = all.filter((line) => 'entry' in line).filter(({ entry }) => isFact(entry));
  // A thing that is told twice under one name is one thing.
  const names = new Set<string>();
  const once = facts.filter(({ entry }) => {
    const name = entry.kind === 'event' ? entry.once : undefined;
    if (name === undefined) return true;
    return !names.has(name) && names.add(name);
  });
  const text = ({ entry }: { entry: LinkEntry }): string => asText(factOf(entry));
  return { given: once.map(text), kept: once.filter(({ id }) => kept.has(id)).map(text) };
}

const isFact = ({ kind }: LinkEntry): boolean => kind === 'outcome' || kind === 'event';

function factOf(entry: LinkEntry): unknown {
  if (entry.kind === 'outcome') return { outcome: entry.result };
  if (entry.kind !== 'event') throw new Error(`${entry.kind} is no fact`);
  const { type, tenant, at, data } = entry;
  return { type, tenant, at, data };
}

/** The same out of the store: outcomes in the order in which they were taken, and events in theirs. */
async function stored(): Promise<{
  readonly outcomes: string[];
  readonly events: string[];
  readonly lost: number;
}> {
  const outcomes = await db.query<{ outcome: unknown }>('select outcome from node_outcome order by id');
  const events = await db.query<{ type: string }>(
    'select type, tenant, at, data from node_event order by id',
  );
  return {
    outcomes: outcomes.map(asText),
    events: events.filter(({ type }) => type !== 'outbox/lost').map(asText),
    lost: events.filter(({ type }) => type === 'outbox/lost').length,
  };
}

const isOutcome = (fact: string): boolean => fact.startsWith('{"outcome":');

/** Resolves when the control node's store has the node's own status of every tenant, of the newest revision. */
async function told(): Promise<void> {
  const shown = ({
    tenant,
    phase,
    revision,
    containerId,
  }: Pick<WireTenantStatus, 'tenant' | 'phase' | 'revision' | 'containerId'>) => ({
    tenant,
    phase,
    revision,
    containerId,
  });
  const head = host.repository.revision();
  await vi.waitFor(
    async () => {
      const status = await statusDocumentOf(host);
      const own = (status?.tenants ?? []).map(shown).filter(({ revision }) => revision === head);
      expect(own.map(({ phase }) => phase)).toEqual(['InSync', 'InSync']);
      const rows = await db.query<{ status: WireTenantStatus; revision: string }>(
        'select status, revision from tenant_status order by tenant',
      );
      expect(rows.map((row) => shown({ ...row.status, revision: row.revision }))).toEqual(own);
    },
    { timeout: 90_000, interval: 200 },
  );
}

/** Each fact that the node kept is in the store, once and in its place; what is there beyond them the node has told. */
async function expectAllInOrder(): Promise<void> {
  await told();
  const { given, kept } = journal();
  expect(kept.some(isOutcome)).toBe(true);
  const { outcomes, events } = await stored();
  for (const [rows, mine] of [
    [outcomes, isOutcome],
    [events, (fact: string) => !isOutcome(fact)],
  ] as const) {
    const sure = new Set(kept.filter(mine));
    expect(rows.filter((row) => sure.has(row))).toEqual(kept.filter(mine));
    const places = rows.map((row) => given.indexOf(row));
    expect(places.every((place, index) => place > (places[index - 1] ?? -1))).toBe(true);
  }
}

describe('a node goes on by itself, and afterwards its control node is told all of it, once and in order', () => {
  test('when the control node is killed while changes go on', async () => {
    for (let round = 1; round <= 2; round++) {
      const going = changes();
      await control.kill();
      await going;
      await changes();
      await control.start();
      await changes();
    }
    await expectAllInOrder();
    expect((await stored()).lost).toBe(0);
  });

  test('when the network is cut, hangs, and cuts off what is on its way', async () => {
    proxy.how = 'refuse';
    proxy.cut();
    gitServer.requests.length = 0;
    await changes();
    // Nobody told the node: it asked.
    expect(gitServer.requests.length).toBeGreaterThan(0);
    proxy.how = 'swallow';
    await changes();
    proxy.cut();
    let seed = 7;
    proxy.cutAfter = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return 500 + (seed % 8_000);
    };
    proxy.how = 'pass';
    await changes();
    proxy.cutAfter = null;
    await expectAllInOrder();
    expect((await stored()).lost).toBe(0);
  });

  test('when the node itself is killed while it changes things, and its control node with it', async () => {
    for (const both of [false, true]) {
      const before = await host.identity('acme');
      await host.docker.removeContainer(before.id, { force: true });
      define('globex', `Before the end ${both}.`);
      // It is in the midst of mending when the engine has the new container.
      await containerWhen(host, 'acme', 'is made', ({ Id }) => Id !== before.id);
      if (both) await control.kill();
      await node.end('SIGKILL');
      define('acme', 'While nobody looks.');
      if (both) await control.start();
      node = startNode();
      await changes();
      await expectAllInOrder();
    }
  });
});
