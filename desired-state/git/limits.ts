const MiB = 1024 * 1024;

/**
 * What one transfer may cost. A server (or whoever writes to its branch) can send whatever it likes; these say when
 * that is enough. They bound a node's disk, memory and time, and are far above what a platform's repository needs.
 */
export interface GitLimits {
  /** Milliseconds from the first request of a fetch to its end. */
  readonly fetchMs: number;
  /** Bytes that one fetch may bring, as they are on the wire and on disk. */
  readonly fetchBytes: number;
  /** Bytes of packs that a mirror may have; beyond, nothing more is fetched into it. */
  readonly mirrorBytes: number;
}

export const defaultLimits: GitLimits = {
  fetchMs: 300_000,
  fetchBytes: 256 * MiB,
  mirrorBytes: 1024 * MiB,
};

/** Milliseconds that a command on local objects may take. */
export const LOCAL_MS = 60_000;

/** Bytes of the listing of one revision: 100,000 files with some 300 bytes each. */
export const MAX_LISTING_BYTES = 32 * MiB;

/** Bytes of a commit that are looked at: parents, author, and what fits of the message. */
export const MAX_COMMIT_BYTES = 64 * 1024;

/**
 * Bytes that a git process may ask for at once (`GIT_ALLOC_LIMIT`): an object, a list of references, the table of a
 * pack's objects (some four million of them). Without it the sender decides.
 */
export const GIT_ALLOC_BYTES = 256 * MiB;

/** Bytes from which git handles a blob piece by piece instead of as a whole. */
export const GIT_STREAM_BYTES = MiB;

/**
 * isomorphic-git holds packs in memory, several times over, so it gets less: bytes of a pack, of one object in it, and
 * of all objects once they are inflated.
 */
export const IN_MEMORY = {
  packBytes: 64 * MiB,
  objectBytes: 16 * MiB,
  inflatedBytes: 1024 * MiB,
  /** Deltas upon deltas; git itself makes 50 and reads 4,095. */
  deltaDepth: 4095,
  /** Answers that are no pack: the list of references. */
  answerBytes: 32 * MiB,
  /** JavaScript heap of the thread, in MiB; buffers come on top. */
  heapMiB: 512,
} as const;
