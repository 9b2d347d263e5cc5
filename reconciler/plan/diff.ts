import { isDeepStrictEqual } from 'node:util';
import { label } from '../../renderers/labels.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { own } from '../../schemas/own.ts';
import type { FieldDiff } from './change.ts';
import type { ImageFacts, ObservedContainer } from './observed.ts';

/** Labels that tell how a container came to be, and are not compared. */
const informational: ReadonlySet<string> = new Set([label.spec, label.revision, label.madeWith]);

/**
 * Fields in which a container differs from what is asked for. Docker shows the image's own environment, command and
 * user merged into the container, so the comparison merges them into what is asked for as well.
 */
export function diffContainer(desired: ContainerSpec, observed: ObservedContainer): FieldDiff[] {
  return diffFields(
    comparable(withImage(desired, desired.image === observed.spec.image ? observed.image : noImage)),
    comparable(desired.image === observed.spec.image ? observed.spec : withoutImage(observed)),
  );
}

const noImage: ImageFacts = { env: {}, command: null, user: null };

function withImage(spec: ContainerSpec, image: ImageFacts): ContainerSpec {
  return {
    ...spec,
    env: { ...image.env, ...spec.env },
    command: spec.command ?? image.command,
    user: spec.user ?? image.user,
  };
}

/** What was asked for when another image was in place: its own defaults are no difference of the new one. */
function withoutImage({ spec, image }: ObservedContainer): ContainerSpec {
  const env = Object.entries(spec.env).filter(([name, value]) => own(image.env, name) !== value);
  return {
    ...spec,
    env: Object.fromEntries(env),
    command: isDeepStrictEqual(spec.command, image.command) ? null : spec.command,
    user: spec.user === image.user ? null : spec.user,
  };
}

function comparable(spec: ContainerSpec): ContainerSpec {
  const labels = Object.entries(spec.labels).filter(([name]) => !informational.has(name));
  return { ...spec, labels: Object.fromEntries(labels) };
}

/**
 * Differences of two plain values, by dotted path and ordered by it. Maps are walked; lists and secrets are compared
 * as a whole, and a secret whose fingerprint is unknown on either side counts as equal: it cannot be compared here.
 */
export function diffFields(desired: unknown, actual: unknown, path = ''): FieldDiff[] {
  if (isMap(desired) && isMap(actual) && !isSecret(desired) && !isSecret(actual)) {
    const keys = [...new Set([...Object.keys(desired), ...Object.keys(actual)])].sort();
    return keys.flatMap((key) =>
      diffFields(own(desired, key), own(actual, key), path === '' ? key : `${path}.${key}`),
    );
  }
  if (isSecret(desired) && isSecret(actual) && desired.secret === actual.secret) {
    if (desired.fingerprint === null || actual.fingerprint === null) return [];
  }
  if (isDeepStrictEqual(desired, actual)) return [];
  return [
    {
      path,
      ...(desired === undefined ? {} : { desired }),
      ...(actual === undefined ? {} : { actual }),
    },
  ];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is { secret: string; fingerprint: string | null } {
  return isMap(value) && typeof value['secret'] === 'string' && 'fingerprint' in value;
}
