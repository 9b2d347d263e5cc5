import { createHash } from 'node:crypto';
import { EngineProblem } from './problem.ts';
import type { Image } from './shapes.ts';
import type { World } from './world.ts';

export interface ImageParts {
  readonly env?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
}

/** Puts an image on the engine, as a build or a load does. */
export function addImage(world: World, ref: string, parts: ImageParts = {}): Image {
  const digest = createHash('sha256').update(ref).digest('hex');
  const Config = {
    Hostname: '',
    Domainname: '',
    User: parts.user ?? '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: [...(parts.env ?? ['PATH=/bin'])],
    Cmd: [...(parts.command ?? ['serve'])],
    Image: '',
    Volumes: null,
    WorkingDir: '',
    Entrypoint: null,
    OnBuild: null,
    Labels: null,
  };
  const image: Image = {
    Id: `sha256:${digest}`,
    RepoTags: ref.includes('@') ? [] : [ref],
    RepoDigests: ref.includes('@') ? [ref] : [],
    Parent: '',
    Comment: '',
    Created: world.now(),
    DockerVersion: '20.10.24',
    Author: '',
    Config,
    Architecture: 'amd64',
    Os: 'linux',
    Size: 1_982_347,
    VirtualSize: 1_982_347,
    RootFS: { Type: 'layers', Layers: [`sha256:${digest}`] },
    Metadata: { LastTagTime: world.now() },
  };
  world.images.set(ref, image);
  world.images.set(image.Id, image);
  return image;
}

/** @throws EngineProblem 404 */
export function inspectImage(world: World, ref: string): Image {
  const image = world.images.get(ref);
  if (image === undefined) throw new EngineProblem(404, `no such image: ${ref}: No such image: ${ref}`);
  return image;
}

/** The lines of `POST /images/create` for an image that the registry has; afterwards it is on the engine. */
export function pullLines(world: World, ref: string): readonly object[] {
  const name = ref.split('@')[0] ?? ref;
  const tag = /:([^:/]+)$/.exec(ref)?.[1] ?? '';
  const layer = createHash('sha256').update(`${ref} layer`).digest('hex').slice(0, 12);
  const digest = createHash('sha256').update(ref).digest('hex');
  addImage(world, ref);
  world.events.emit('image', 'pull', ref, { name });
  return [
    { status: `Pulling from ${name.replace(/:[^:/]+$/, '')}`, id: tag },
    { status: 'Pulling fs layer', progressDetail: {}, id: layer },
    {
      status: 'Downloading',
      progressDetail: { current: 1_000_000, total: 1_982_347 },
      progress: '',
      id: layer,
    },
    { status: 'Download complete', progressDetail: {}, id: layer },
    {
      status: 'Extracting',
      progressDetail: { current: 1_982_347, total: 1_982_347 },
      progress: '',
      id: layer,
    },
    { status: 'Pull complete', progressDetail: {}, id: layer },
    { status: `Digest: sha256:${digest}` },
    { status: `Status: Downloaded newer image for ${ref}` },
  ];
}
