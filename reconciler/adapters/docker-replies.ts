/** Checks that a reply has the shape that was asked for: a proxy's page or half a reply is never taken for an answer. */

import { isObject } from '../../schemas/is-object.ts';
import type { EngineInfo, ImageInspect, NetworkInspect, VolumeInspect } from '../engine-api.ts';
import { ReconcilerError } from '../errors.ts';
import { isNetworkShape, isVolumeShape } from './docker-shapes.ts';

/** @throws ReconcilerError `docker/failed` when the check says no */
export function expectReply<T>(what: string, reply: unknown, check: (reply: unknown) => reply is T): T {
  if (check(reply)) return reply;
  throw new ReconcilerError(
    'docker/failed',
    `cannot ${what}: the engine's reply is not of the expected form`,
    {
      retry: 'backoff',
    },
  );
}

/** A list, every entry of which passes `check`. */
export function isListOf<T>(
  check: (entry: unknown) => entry is T,
): (reply: unknown) => reply is readonly T[] {
  return (reply): reply is readonly T[] => Array.isArray(reply) && reply.every((entry) => check(entry));
}

function has(value: unknown, strings: readonly string[], objects: readonly string[]): boolean {
  if (!isObject(value)) return false;
  return (
    strings.every((key) => typeof value[key] === 'string') && objects.every((key) => isObject(value[key]))
  );
}

export const isCreated = (value: unknown): value is { readonly Id: string } => has(value, ['Id'], []);

export const isNetwork = (value: unknown): value is NetworkInspect => isNetworkShape(value);

export const isVolume = (value: unknown): value is VolumeInspect => isVolumeShape(value);

export const isImage = (value: unknown): value is ImageInspect => has(value, ['Id'], []);

/** `GET /volumes` wraps its list; an engine without volumes says null. */
export const isVolumeList = (
  value: unknown,
): value is { readonly Volumes: readonly VolumeInspect[] | null } =>
  isObject(value) && (value['Volumes'] === null || isListOf(isVolume)(value['Volumes']));

export const isInfo = (value: unknown): value is Omit<EngineInfo, 'ApiVersion'> =>
  isObject(value) && has(value, ['ID', 'ServerVersion'], []) && typeof value['SwapLimit'] === 'boolean';

export const isVersion = (value: unknown): value is { readonly ApiVersion: string } =>
  has(value, ['ApiVersion'], []);
