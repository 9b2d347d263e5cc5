import { setTimeout as sleep } from 'node:timers/promises';
import type { Accepted } from '../../../web/api/models/edit.ts';
import type { FileView, TenantDetail } from '../../../web/api/models/tenant.ts';
import type { Bench } from '../rounds.ts';
import { editFloor } from './edit-floor.ts';
import { type EditWorld, editWorld, promptText } from './edit-world.ts';
import { WebFigures } from './figures.ts';
import { type Moment, moments } from './moments.ts';

/** What is edited. */
type What = 'prompt' | 'image';

/** Each stage by the moment that ends it; it begins with the moment before. */
const stages: Readonly<Record<Exclude<(typeof moments)[number], 'sent'>, string>> = {
  committed: 'request to commit in the branch',
  told: 'to the revision on the link',
  fetched: 'to fetched by the node',
  planned: 'to planned',
  begun: 'to the first step begun',
  done: 'to the last step done',
  shown: 'to in sync, as GET answers it',
};

/** Names of the group's figures. */
export const edit = {
  whole: (what: What) => `${what}: request to in sync, as GET answers it`,
  stage: (what: What, moment: keyof typeof stages) => `${what}: … ${stages[moment]}`,
  accepted: (what: What) => `${what}: request to 202`,
  page: (what: What) => `${what}: request to "converged" on the page's socket`,
  floor: (what: What) =>
    what === 'prompt'
      ? 'prompt: floor, one file replaced and one signal'
      : 'image: floor, bare create, stop, start, healthy, remove',
} as const;

/** Milliseconds between two edits: what the last one caused has ended. */
const restMs = 500;
/** Milliseconds between two looks at what GET answers, once the node has done its steps. */
const lookMs = 5;

/** An edit of a prompt and one of an image, in turns, each from the page's request to what the page then reads. */
export async function measureEdit(bench: Bench, rounds: number): Promise<WebFigures> {
  const figures = new WebFigures();
  bench.progress('edit: bringing up a control node and a node with three tenants');
  await using stack = new AsyncDisposableStack();
  const world = await editWorld(bench.platforms);
  stack.defer(() => world.close());
  // One more: the first of each compiles what the later ones run, and shows how the container is made.
  for (const what of ['prompt', 'image'] as const) await editOnce(world, what, 0);
  const floor = await editFloor(world);
  stack.defer(() => floor.close());
  for (let round = 1; round <= rounds; round += 1) {
    for (const what of ['prompt', 'image'] as const) {
      bench.signal.throwIfAborted();
      await sleep(restMs);
      const commit = await editOnce(world, what, round);
      const whole = await note(world, what, commit, figures);
      await sleep(restMs);
      figures.addTo(edit.whole(what), edit.floor(what), await floor[what](round), 'ms');
      bench.progress(`edit: round ${round} of ${rounds}, ${what}: ${whole.toFixed(0)} ms`);
    }
  }
  return figures;
}

/** The page's own requests: it has read the file, and sends it changed with the revision that it read. */
async function editOnce(world: EditWorld, what: What, round: number): Promise<string> {
  const { control, moments: seen, tenant, images } = world;
  const { admin } = control;
  const path = `/v1/tenants/${tenant}/${what === 'prompt' ? 'prompts/greeting' : 'config'}`;
  const { base } = await admin.ask<FileView>('GET', path);
  const image = images[(round + 1) % 2] ?? images[0];
  const body =
    what === 'prompt'
      ? { text: promptText(`Welcome, for time ${round}.`) }
      : { set: { '/spec/image': image } };
  const sent = performance.now();
  const { commit } = await admin.ask<Accepted>(what === 'prompt' ? 'PUT' : 'PATCH', path, { base, ...body });
  if (commit === null) throw new Error(`${path}: there was nothing to commit`);
  seen.mark(commit, 'accepted');
  seen.mark(commit, 'sent', sent);
  await seen.at(commit, 'done');
  while (!(await isShown(world, commit))) await sleep(lookMs);
  seen.mark(commit, 'shown');
  await seen.at(commit, 'page');
  return commit;
}

async function isShown({ control, tenant }: EditWorld, commit: string): Promise<boolean> {
  const { summary } = await control.admin.ask<TenantDetail>('GET', `/v1/tenants/${tenant}/status`);
  return summary.phase === 'InSync' && summary.revision === commit;
}

/** @returns milliseconds of the whole */
async function note(
  { moments: seen }: EditWorld,
  what: What,
  commit: string,
  figures: WebFigures,
): Promise<number> {
  const at = (moment: Moment): Promise<number> => seen.at(commit, moment);
  const sent = await at('sent');
  const yardstick = edit.whole(what);
  const took = async (name: string, to: Moment, from: number): Promise<number> => {
    const ms = (await at(to)) - from;
    figures.addTo(yardstick, name, ms, 'ms');
    return ms;
  };
  const whole = await took(yardstick, 'shown', sent);
  let before = sent;
  for (const moment of moments) {
    if (moment === 'sent') continue;
    await took(edit.stage(what, moment), moment, before);
    before = await at(moment);
  }
  await took(edit.accepted(what), 'accepted', sent);
  await took(edit.page(what), 'page', sent);
  return whole;
}
