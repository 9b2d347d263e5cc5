/** The parts of an image reference; `tag` and `digest` may both be there, as Docker allows. */
export interface ImageRef {
  /** Host of the registry with its port; null means that Docker's own default is used. */
  readonly registry: string | null;
  /** Path of the repository below the registry, without tag. */
  readonly repository: string;
  readonly tag: string | null;
  /** `sha256:<64 hex>` or null. */
  readonly digest: string | null;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const PIN_TAG = /^(?:sha-[0-9a-f]{7,40}(?:-r[0-9]+)?|v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?)$/;

/** Docker's limit for the registry and the repository together. */
const MAX_NAME = 255;

/** Reads an image reference as Docker does; null when Docker would refuse it. */
export function parseImageRef(text: string): ImageRef | null {
  if (text.length > 512) return null;
  const [named = '', digest = null, ...more] = text.split('@');
  if (more.length > 0 || (digest !== null && !DIGEST.test(digest))) return null;
  const slash = named.indexOf('/');
  const first = slash === -1 ? '' : named.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  if (hasRegistry && !isRegistry(first)) return null;
  const rest = hasRegistry ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const repository = colon === -1 ? rest : rest.slice(0, colon);
  if ((hasRegistry ? first.length + 1 : 0) + repository.length > MAX_NAME) return null;
  const tag = colon === -1 ? null : rest.slice(colon + 1);
  if (tag !== null && !TAG.test(tag)) return null;
  if (!repository.split('/').every((part) => COMPONENT.test(part))) return null;
  return { registry: hasRegistry ? first : null, repository, tag, digest };
}

/** A host name or an IPv4 address, with a port that there can be. */
function isRegistry(text: string): boolean {
  const [host = '', port, ...more] = text.split(':');
  if (more.length > 0 || !HOST.test(host)) return false;
  return port === undefined || (/^[1-9][0-9]{0,4}$/.test(port) && Number(port) <= 65_535);
}

const HOW = 'pin one build, as in `:sha-4f2c1d9`, `:v1.4.2` or `@sha256:…`';

/**
 * Why an image reference does not name one build, and what to write instead; null when it does. Pinned are a digest,
 * a tag made from a commit (`sha-4f2c1d9`, `sha-4f2c1d9-r1`) and a full version (`v1.4.2`, `1.4.2-rc.1`).
 */
export function pinProblem(text: string): string | null {
  if (text === '') return `The image is empty: ${HOW}.`;
  if (/\s/.test(text)) return `The image has white space in it; remove it and ${HOW}.`;
  if (text.startsWith('-'))
    return `The image begins with \`-\`, as an option would; name a repository and ${HOW}.`;
  const ref = parseImageRef(text);
  if (ref === null) return malformed(text);
  if (ref.digest !== null) return null;
  if (ref.tag === null) return `The image has no tag, which means \`latest\`; ${HOW}.`;
  if (PIN_TAG.test(ref.tag)) return null;
  if (ref.tag === 'latest') return `The tag \`latest\` moves; ${HOW}.`;
  if (/replace/i.test(ref.tag)) {
    return `The tag \`${ref.tag}\` is a placeholder; put the commit of a build there, as in \`:sha-4f2c1d9\`.`;
  }
  if (/^sha-/i.test(ref.tag)) {
    return `The tag \`${ref.tag}\` is not \`sha-\` and 7 to 40 lower-case hexadecimal digits of a commit; ${HOW}.`;
  }
  if (/^v?\d+(?:\.\d+)?$/.test(ref.tag)) {
    return `The tag \`${ref.tag}\` moves with every release below it; write the full version, as in \`:v1.4.2\`.`;
  }
  return `The tag \`${ref.tag}\` may move, as the name of a branch does; ${HOW}.`;
}

function malformed(text: string): string {
  const [, digest] = text.split('@');
  if (digest !== undefined && !DIGEST.test(digest)) {
    return 'The digest is not `sha256:` and 64 lower-case hexadecimal digits; copy it whole.';
  }
  if (/^[a-z]+:\/\//i.test(text)) return `The image is written as a URL; leave out the scheme and ${HOW}.`;
  if (/[A-Z]/.test(text.replace(/:[^:/]*$/, '')))
    return 'The repository of an image is lower-case; write it so.';
  return `Docker cannot read this image reference; write \`registry/repository:tag\` and ${HOW}.`;
}
