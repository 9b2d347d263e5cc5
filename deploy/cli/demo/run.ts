import { readDesired } from '../../../desired-state/read/last-good.ts';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import type { RunningReconciler } from '../../../reconciler/start.ts';
import type { CommandContext } from '../context.ts';
import { textLog } from '../log.ts';
import { Narrator } from '../output/narrator.ts';
import { openReconciler } from '../reconciler.ts';
import { withRepository } from '../repository.ts';
import { type DemoControl, startControl } from './control.ts';
import { buildDemoImages, type DemoImages } from './images.ts';
import type { DemoNames } from './names.ts';
import { prepareRepository, subjectIn } from './repository.ts';
import { demoTable, tourLines } from './tour.ts';

/** Commits are seen at once by watching the repository; this is for when that fails. */
const pollMs = 5_000;

/** Brings the demo up, tells what runs and what to try, and keeps reconciling until the context's signal aborts. */
export async function runDemo(
  context: CommandContext,
  names: DemoNames,
  docker: string | undefined,
): Promise<void> {
  // First of all, whether there is an engine: its error says what to do.
  await connectDocker(docker === undefined ? {} : { host: docker }).info();
  const images = await buildDemoImages(context, names, docker);
  await prepareRepository(context, names, images, docker);
  const control = await startControl(context, names);
  try {
    await reconcileUnder(context, names, images, docker, control);
  } finally {
    await control.close();
  }
}

async function reconcileUnder(
  context: CommandContext,
  names: DemoNames,
  images: DemoImages,
  docker: string | undefined,
  control: DemoControl,
): Promise<void> {
  const narrator = new Narrator({
    colours: context.colours,
    steps: false,
    subjectOf: (revision) => subjectIn(names.remote, revision),
  });
  const { remote, node, dataDir, secretsDir } = names;
  const reconciler = await openReconciler(
    { repo: remote, branch: 'main', node, docker, dataDir, secretsDir },
    'reconcile',
    {
      log: textLog((line) => context.print(line), context.colours),
      onEvent: (event) => context.print(...narrator.tell(event, context.now())),
      pollMs,
      control: control.url,
    },
  );
  try {
    context.print('');
    await showFirst(context, names, images, docker, reconciler, control);
    await reconciler.run(context.signal);
  } finally {
    await reconciler.close();
  }
}

async function showFirst(
  context: CommandContext,
  names: DemoNames,
  images: DemoImages,
  docker: string | undefined,
  reconciler: RunningReconciler,
  { url, signIn }: DemoControl,
): Promise<void> {
  const { status } = await reconciler.once(context.signal);
  const desired = await withRepository(context, { repo: names.remote, branch: 'main' }, (repository) =>
    readDesired(repository, status.revision),
  );
  const { colours } = context;
  context.print(
    '',
    ...demoTable(status, desired, colours),
    '',
    colours.bold(`The page is at ${url}`),
    `  sign in as ${signIn.email} with ${signIn.password}`,
    '',
    `A clone of the repository to edit in is ${names.repo}. In another terminal, in this folder, try:`,
    ...tourLines({ names, images, status, desired, docker: docker ?? null }, colours),
    '',
    colours.dim('Following the repository and Docker. Ctrl-C ends this; the tenants run on.'),
    '',
  );
}
