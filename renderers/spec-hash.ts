import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { label } from './labels.ts';
import type { ContainerSpec } from './resource.ts';

/**
 * What each version of the hash looks at: only what a new container alone can change. Limits, restart policy and
 * networks are changed in place and stay out.
 *
 * A version is never edited. A container's label names the version it was made with, and is compared under that
 * version, so that an upgrade of Tenantry that hashes differently restarts nobody.
 */
const projections = {
  v1: (spec: ContainerSpec): unknown => ({
    image: spec.image,
    command: spec.command,
    user: spec.user,
    env: spec.env,
    mounts: spec.mounts,
    tmpfs: spec.tmpfs,
    readOnlyRoot: spec.readOnlyRoot,
    healthcheck: spec.healthcheck,
    restart: spec.labels[label.restart] ?? '',
  }),
} as const;

export type SpecHashVersion = keyof typeof projections;

const current: SpecHashVersion = 'v1';

/** `v1:` and 24 hex digits of SHA-256 over the canonical JSON (RFC 8785) of the version's projection. */
export function specHash(spec: ContainerSpec, version: SpecHashVersion = current): string {
  const canonical = canonicalize(projections[version](spec)) ?? '';
  return `${version}:${createHash('sha256').update(canonical).digest('hex').slice(0, 24)}`;
}

/** Whether a container that carries `hash` was made from `spec`, judged under the version that made the hash. */
export function madeFrom(hash: string | null, spec: ContainerSpec): boolean {
  const version = hash?.split(':')[0] ?? '';
  return isVersion(version) && specHash(spec, version) === hash;
}

function isVersion(text: string): text is SpecHashVersion {
  return Object.hasOwn(projections, text);
}
