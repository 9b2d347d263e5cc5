import { EventShare } from '../../../reconciler/link/event-share.ts';
import { LinkSink } from '../../../reconciler/link/link-sink.ts';
import { hideWith, PieceMaker } from '../../../reconciler/link/pieces.ts';
import { Told } from '../../../reconciler/link/told.ts';
import type { LinkEntry } from '../../../schemas/link/messages.ts';
import { desiredState, tenant } from '../../support/desired.ts';
import { quiet, Sandbox } from '../../support/sandbox.ts';

/** What a node tells, as JSON in which names, revisions and moments are marks that are to be filled in. */
export interface NodeWords {
  /** Everything, of all its tenants. */
  readonly whole: readonly string[];
  /** What one repair of one tenant comes to: another hand had stopped its container, and it was started again. */
  readonly change: readonly string[];
}

const revision = 'a'.repeat(40);
const folders = { dataDir: '/var/lib/tenantry', secretsDir: '/run/tenantry' };
const nameOf = (index: number): string => `mark-${String(index).padStart(5, '0')}-mark`;

/**
 * The words of a real reconciler over an engine double: the entries that its link would send, for as many tenants as a
 * node has.
 */
export async function nodeWords(tenants: number): Promise<NodeWords> {
  const heard: LinkEntry[] = [];
  const hide = hideWith(Buffer.from('a key'));
  const told = new Told(new PieceMaker(hide, { swapLimit: true, folders }), hide);
  const outbox = { append: async (entry: LinkEntry) => void heard.push(entry) };
  const sandbox = new Sandbox({
    sink: (local) =>
      new LinkSink({
        local,
        outbox,
        told,
        share: new EventShare(() => 0),
        log: quiet,
        onQr: () => undefined,
      }),
  });
  sandbox.commit(
    desiredState(
      Array.from({ length: tenants }, (_, index) => tenant(nameOf(index))),
      revision,
    ),
  );
  await sandbox.converge();
  await sandbox.status();
  // The outcomes of the first day are told before: from now on there is one of each change.
  const whole = texts(heard.splice(0).filter(({ kind }) => kind !== 'outcome'));
  const first = sandbox.engine.containers.keys().next().value;
  if (first === undefined) throw new Error('the sandbox runs nothing');
  await sandbox.engine.stopContainer(first);
  const reconciler = await sandbox.reconciler();
  await reconciler.pass('all');
  await reconciler.report(null);
  await reconciler.workers.settled();
  await reconciler.pass('all');
  await reconciler.report(null);
  const change = texts(heard);
  await sandbox.stop();
  return { whole, change };
}

function texts(entries: readonly LinkEntry[]): string[] {
  return entries.map((entry) => JSON.stringify(entry));
}

/** Who speaks, and of whom. */
export interface Speaker {
  readonly node: string;
  /** In the order of the marks. */
  readonly tenants: readonly string[];
  readonly revision: string;
}

/** Everything of a node, said by this one. */
export function saidWhole(
  { whole }: NodeWords,
  { node, tenants, revision: now }: Speaker,
  since: number,
): LinkEntry[] {
  return whole.map((text) => entryOf(text, node, now, since, (index) => tenants[index] ?? ''));
}

/** A repair of one of its tenants. */
export function saidChange(
  { change }: NodeWords,
  { node, revision: now }: Speaker,
  tenant: string,
  since: number,
): LinkEntry[] {
  return change.map((text) => entryOf(text, node, now, since, () => tenant));
}

function entryOf(
  text: string,
  node: string,
  now: string,
  since: number,
  nameAt: (index: number) => string,
): LinkEntry {
  const filled = text
    .replaceAll(/mark-(\d{5})-mark/g, (_, index: string) => nameAt(Number(index)))
    .replaceAll('worker-1', node)
    .replaceAll(revision, now);
  const entry = JSON.parse(filled) as LinkEntry;
  if (entry.kind === 'status') for (const status of entry.tenants) status.since = since;
  // The sandbox's clock stands still, and two outcomes of one moment are one.
  if (entry.kind === 'outcome') entry.result.at = since;
  return entry;
}
