import type Dockerode from 'dockerode';
import { imageRepositories, type RuntimeVariant, runtimeDefinition } from './definition.ts';
import { buildImage, engineAt, imageId } from './engine-build.ts';

export type { RuntimeVariant } from './definition.ts';

export interface BuildOptions extends RuntimeVariant {
  /** `unix:///path` or `tcp://host:port`. Default: `DOCKER_HOST`, else the default socket. */
  readonly dockerHost?: string;
  /** Called with each line that the engine's builder says. */
  readonly log?: (line: string) => void;
}

/**
 * The pinned reference that `buildRuntimeImage` gives this variant, without an engine. It follows from the content
 * alone: the same sources and the same Node have the same tag on every machine of one kind.
 */
export async function runtimeImageRef(variant: RuntimeVariant = {}): Promise<string> {
  return (await runtimeDefinition(variant)).ref;
}

/**
 * Makes the reference runtime's image on an engine, without a registry, unless it is there already. All variants share
 * the layer that holds Node.
 *
 * @returns `built` false when the engine had it
 * @throws Error when the engine cannot be reached or its builder fails
 */
export async function buildRuntimeImage(
  options: BuildOptions = {},
): Promise<{ readonly ref: string; readonly built: boolean }> {
  const engine = engineAt(options.dockerHost);
  const log = options.log ?? (() => undefined);
  const runtime = await runtimeDefinition(options);
  if ((await imageId(engine, runtime.ref)) !== null) return { ref: runtime.ref, built: false };
  if (runtime.base !== null && (await imageId(engine, runtime.base.ref)) === null) {
    await buildImage(engine, runtime.base, log);
  }
  await buildImage(engine, runtime, log);
  return { ref: runtime.ref, built: true };
}

/**
 * Removes images that `buildRuntimeImage` made, except those that a container still uses.
 *
 * @param refs as `buildRuntimeImage` returned them; those that are not there are passed over
 * @param options.base also remove the base below them, when no runtime is left on the engine that needs it (not while
 *   somebody else may be building one)
 * @returns the references that were removed
 */
export async function removeRuntimeImages(
  refs: readonly string[],
  options: { readonly dockerHost?: string; readonly base?: boolean } = {},
): Promise<readonly string[]> {
  const engine = engineAt(options.dockerHost);
  const removed: string[] = [];
  for (const ref of refs) {
    if ((await imageId(engine, ref)) === null || (await isUsed(engine, ref))) continue;
    await engine.getImage(ref).remove();
    removed.push(ref);
  }
  if (options.base !== true || (await tagsOf(engine, imageRepositories.runtime)).length > 0) return removed;
  for (const ref of await tagsOf(engine, imageRepositories.base)) {
    await engine.getImage(ref).remove();
    removed.push(ref);
  }
  return removed;
}

async function tagsOf(engine: Dockerode, repository: string): Promise<readonly string[]> {
  const images = await engine.listImages({ filters: { reference: [repository] } });
  return images.flatMap((image) => image.RepoTags ?? []);
}

async function isUsed(engine: Dockerode, ref: string): Promise<boolean> {
  return (await engine.listContainers({ all: true, filters: { ancestor: [ref] } })).length > 0;
}
