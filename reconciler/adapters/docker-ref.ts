import { ReconcilerError } from '../errors.ts';

/** An image reference, taken apart as the Engine API wants it. */
export interface ImageRef {
  /** `fromImage` of a pull: the repository, with the digest when there is one. */
  readonly fromImage: string;
  /** Null when the digest names the image. */
  readonly tag: string | null;
  /** Registry host, `docker.io` where none is written. */
  readonly registry: string;
}

/**
 * @throws ReconcilerError `docker/invalid` for a reference without tag and digest: the engine would pull every tag
 */
export function parseImageRef(ref: string): ImageRef {
  const [name = '', digest] = ref.split('@', 2);
  const slash = name.lastIndexOf('/');
  const colon = name.indexOf(':', slash + 1);
  const repository = colon === -1 ? name : name.slice(0, colon);
  const tag = colon === -1 ? null : name.slice(colon + 1);
  const registry = registryOf(repository);
  if (digest !== undefined) return { fromImage: `${repository}@${digest}`, tag: null, registry };
  if (tag === null || tag === '' || repository === '') {
    const message = `"${ref}" names no single image: write repository:tag or repository@sha256:digest`;
    throw new ReconcilerError('docker/invalid', message, { retry: 'never' });
  }
  return { fromImage: repository, tag, registry };
}

/** The first part is a host only when it looks like one: `acme/runtime` is on Docker Hub. */
function registryOf(repository: string): string {
  const first = repository.split('/', 1)[0] ?? '';
  const isHost = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
