import { isDeepStrictEqual } from 'node:util';
import type { ContainerInspect, ImageInspect } from '../engine-api.ts';
import { isEmpty } from './forbidden.ts';

/** Settings that nobody asks for: the engine takes them from the image, or leaves them empty. */
const fromImage: readonly string[] = ['Entrypoint', 'ExposedPorts', 'StopSignal', 'Volumes', 'WorkingDir'];

/** Settings that nobody asks for and that the engine leaves empty, or shows as the image has them. */
const never: readonly string[] = [
  'ArgsEscaped',
  'AttachStdin',
  'Domainname',
  'MacAddress',
  'NetworkDisabled',
  'OnBuild',
  'OpenStdin',
  'Shell',
  'StdinOnce',
  'StopTimeout',
  'Tty',
];

/**
 * Settings of an observed container's Config, by Engine API name, that another hand has given it: what is neither asked
 * for nor the image's own. Nothing where the image is gone, so that it cannot be compared.
 */
export function foreignConfig(
  inspect: ContainerInspect,
  image: ImageInspect | null,
): Record<string, unknown> {
  if (image === null) return {};
  const config: Readonly<Record<string, unknown>> = inspect.Config;
  const own: Readonly<Record<string, unknown>> = image.Config ?? {};
  const foreign = [
    ...fromImage.filter((name) => !alike(config[name], own[name])),
    ...never.filter((name) => !isEmpty(config[name]) && !alike(config[name], own[name])),
    ...(isOwnHostname(inspect) ? [] : ['Hostname']),
  ];
  return Object.fromEntries(foreign.map((name) => [name, config[name] ?? null]));
}

function alike(a: unknown, b: unknown): boolean {
  return (isEmpty(a) && isEmpty(b)) || isDeepStrictEqual(a, b);
}

/** The engine names a container after its id. Where the network is another's, so is the name; that is told apart. */
function isOwnHostname({ Id, Config, HostConfig }: ContainerInspect): boolean {
  const { Hostname: hostname } = Config;
  if (isEmpty(hostname) || HostConfig.NetworkMode === 'host') return true;
  return typeof hostname === 'string' && Id.startsWith(hostname);
}
