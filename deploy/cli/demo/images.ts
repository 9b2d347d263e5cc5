import { buildRuntimeImage, type RuntimeVariant, runtimeImageRef } from '../../images/build.ts';
import { engineAt, imageId } from '../../images/engine-build.ts';
import type { CommandContext } from '../context.ts';
import { formatTook } from '../output/time.ts';
import type { DemoNames } from './names.ts';
import { readRecord, writeRecord } from './record.ts';

/** Builds that the tour rolls out: two that are fine, and one whose health check fails. */
export interface DemoImages {
  readonly v1: string;
  readonly v2: string;
  readonly bad: string;
}

const variants: Readonly<Record<keyof DemoImages, RuntimeVariant>> = {
  v1: { version: 'v1' },
  v2: { version: 'v2' },
  bad: { version: 'v3-bad', env: { UNHEALTHY: '1' } },
};

/** Builds what the engine does not have yet, and tells how it goes. */
export async function buildDemoImages(
  context: CommandContext,
  names: DemoNames,
  docker: string | undefined,
): Promise<DemoImages> {
  const build = async (name: keyof DemoImages): Promise<string> => {
    const variant = variants[name];
    await remember(names, await runtimeImageRef(variant), docker);
    const began = performance.now();
    const { ref, built } = await buildRuntimeImage({
      ...variant,
      ...(docker === undefined ? {} : { dockerHost: docker }),
    });
    const how = built ? `built in ${formatTook(performance.now() - began)}` : 'there already';
    context.print(`Image ${ref} (${variant.version}): ${how}`);
    context.signal.throwIfAborted();
    return ref;
  };
  // One after the other: they share the layer that holds Node.
  return { v1: await build('v1'), v2: await build('v2'), bad: await build('bad') };
}

/** Notes an image as the demo's own before it is made, so that `demo --down` knows it whatever happens in between. */
async function remember(names: DemoNames, ref: string, docker: string | undefined): Promise<void> {
  const { platform, node } = names;
  const record = (await readRecord(names)) ?? { platform, node, images: [] };
  const isOurs = record.images.includes(ref) || (await imageId(engineAt(docker), ref)) === null;
  const images = isOurs ? [...new Set([...record.images, ref])] : record.images;
  await writeRecord(names, { ...record, images });
}
