import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import { label, ownerLabels } from '../../../renderers/labels.ts';
import { removeRuntimeImages } from '../../images/build.ts';
import { engineAt } from '../../images/engine-build.ts';
import type { CommandContext } from '../context.ts';
import { CommandError, withCauses } from '../errors.ts';
import type { DemoNames } from './names.ts';
import { readRecord } from './record.ts';

/**
 * Removes what the demo made, and nothing else: what carries its labels on the engine, the images that it built, and
 * its own folders. Volumes go as well: this is the one command that removes any.
 *
 * @throws CommandError when the engine does not answer; then the record stays, so that it can be run again
 */
export async function removeDemo(
  context: CommandContext,
  names: DemoNames,
  docker: string | undefined,
): Promise<void> {
  const record = await readRecord(names);
  let removed = 0;
  const tell = (what: string): void => {
    removed += 1;
    context.print(`Removed ${what}`);
  };
  let failure: unknown = null;
  try {
    await removeFromEngine(names, record?.images ?? [], docker, tell);
  } catch (error) {
    failure = error;
  }
  await removeFromDisk(names, failure === null, tell);
  if (failure !== null) {
    const message = `What the demo made on the Docker Engine is not all removed: ${withCauses(failure)}. Mend that and run this again.`;
    throw new CommandError(message, { cause: failure });
  }
  if (removed === 0)
    context.print(`There was no demo in ${names.dir}, and nothing of it on the Docker Engine.`);
}

type Tell = (what: string) => void;

async function removeFromEngine(
  { platform, node }: DemoNames,
  images: readonly string[],
  docker: string | undefined,
  tell: Tell,
): Promise<void> {
  const engine = engineAt(docker);
  const filters = {
    label: Object.entries(ownerLabels({ platform, node })).map(([name, value]) => `${name}=${value}`),
  };
  for (const { Id, Names, Labels } of await engine.listContainers({ all: true, filters })) {
    await engine.getContainer(Id).remove({ force: true, v: true });
    tell(`container ${Names[0]?.slice(1) ?? Id} of ${Labels[label.tenant] ?? node}`);
  }
  const { Volumes } = await engine.listVolumes({ filters });
  for (const { Name } of Volumes ?? []) {
    await engine.getVolume(Name).remove();
    tell(`volume ${Name}`);
  }
  // The base goes with the last runtime on it; a demo that built none leaves it to whoever did.
  const options = { base: images.length > 0, ...(docker === undefined ? {} : { dockerHost: docker }) };
  for (const ref of await removeRuntimeImages(images, options)) tell(`image ${ref}`);
  for (const { Id, Name } of await engine.listNetworks({ filters })) {
    await engine.getNetwork(Id).remove();
    tell(`network ${Name}`);
  }
}

/** The folder itself goes when nothing of somebody else is in it. */
async function removeFromDisk(
  { dir, control, repo, dataDir, secretsDir, signIn, record }: DemoNames,
  recordToo: boolean,
  tell: Tell,
): Promise<void> {
  if ((await readdir(dir).catch(nullIfMissing)) === null) return;
  await removeSecretsMount(secretsDir);
  const mine = [
    control,
    repo,
    dataDir,
    secretsDir,
    signIn,
    `${signIn}.new`,
    ...(recordToo ? [record, `${record}.new`] : []),
  ];
  for (const path of mine) {
    if ((await stat(path).catch(nullIfMissing)) === null) continue;
    await rm(path, { recursive: true, force: true });
    tell(path);
  }
  if ((await readdir(dir)).length > 0) return;
  await rmdir(dir);
  tell(dir);
}
