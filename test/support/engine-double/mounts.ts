import { existsSync, statSync } from 'node:fs';
import type { ContainerCreateBody, EngineMount } from '../../../reconciler/engine-api.ts';
import { EngineProblem } from './problem.ts';
import type { MountPoint } from './shapes.ts';
import type { Volumes } from './volumes.ts';
import { newId } from './world.ts';

/**
 * What a new container has mounted; volumes that are not there are made, without labels, as the engine does.
 * @throws EngineProblem 400 for a bind of what does not exist
 */
export function mountPoints(body: ContainerCreateBody, volumes: Volumes, checksBinds: boolean): MountPoint[] {
  const mounts = (body.HostConfig?.Mounts ?? []).filter(({ Type }) => Type !== 'tmpfs');
  if (checksBinds) for (const mount of mounts) refuseAbsent(mount);
  const anonymous = Object.keys(recordOf(body, 'Volumes'));
  return [
    ...mounts.map((mount) => (mount.Type === 'bind' ? bind(mount) : volume(mount, volumes))),
    ...anonymous.map((Target) => volume({ Type: 'volume', Target }, volumes)),
  ];
}

/** Where a path inside a container is on this machine; null when nothing is mounted there. */
export function hostPath(mounts: readonly MountPoint[], path: string): string | null {
  const inside = mounts.filter(({ Destination: at }) => path === at || path.startsWith(`${at}/`));
  const [mount] = inside.sort((a, b) => b.Destination.length - a.Destination.length);
  return mount === undefined ? null : mount.Source + path.slice(mount.Destination.length);
}

/**
 * Where a path inside a container that begins now will be, whenever it is asked: a mount holds on to the folder that it
 * was made of, so that another one in its place is not seen. @param nowhere for what is not mounted, or is gone
 */
export function heldPath(mounts: readonly MountPoint[], path: string, nowhere: string): () => string {
  const held = hostPath(mounts, path);
  if (held === null) return () => nowhere;
  const itself = identityOf(held);
  return () => (identityOf(held) === itself ? held : nowhere);
}

/** A number of an inode is used again, sooner or later; it was born at another time then. */
function identityOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino} ${stat.birthtimeMs}`;
}

function bind({ Source = '', Target, ReadOnly = false }: EngineMount): MountPoint {
  return { Type: 'bind', Source, Destination: Target, Mode: '', RW: !ReadOnly, Propagation: 'rprivate' };
}

function volume({ Source, Target, ReadOnly = false }: EngineMount, volumes: Volumes): MountPoint {
  const { Name, Mountpoint } = volumes.create(Source === undefined || Source === '' ? newId() : Source, null);
  const place = { Name, Source: Mountpoint, Destination: Target, Driver: 'local' };
  return { Type: 'volume', ...place, Mode: 'z', RW: !ReadOnly, Propagation: '' };
}

/**
 * A bind is made of what is there when a run begins, whoever has it begin.
 * @throws EngineProblem 400 where it is gone
 */
export function refuseGone(mounts: readonly MountPoint[]): void {
  for (const { Type, Source, Destination } of mounts) {
    if (Type !== 'bind' || existsSync(Source)) continue;
    const what = `error mounting "${Source}" to rootfs at "${Destination}"`;
    throw new EngineProblem(
      400,
      `OCI runtime create failed: ${what}: stat ${Source}: no such file or directory: unknown`,
    );
  }
}

/** What is asked for is looked at before anything is done. @throws EngineProblem 400 for a bind of what does not exist */
export function refuseAbsent({
  Type,
  Source = '',
}: {
  readonly Type: string;
  readonly Source?: string;
}): void {
  if (Type !== 'bind' || existsSync(Source)) return;
  const message = `invalid mount config for type "bind": bind source path does not exist: ${Source}`;
  throw new EngineProblem(400, message);
}

function recordOf(body: object, key: string): object {
  const value: unknown = Object.entries(body).find(([name]) => name === key)?.[1];
  return typeof value === 'object' && value !== null ? value : {};
}
