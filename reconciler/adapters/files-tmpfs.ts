import { chmod, mkdir, readFile, rmdir, statfs } from 'node:fs/promises';
import { ExecaError, execa } from 'execa';
import { ReconcilerError } from '../errors.ts';
import { nullIfMissing } from './files-digest.ts';

const TMPFS_MAGIC = 0x01021994;
const RAMFS_MAGIC = 0x858458f6;
/** Source of the mounts made here, by which they are known again. */
const MOUNT_SOURCE = 'tenantry';
/** Room for the secrets of 1,000 tenants; a file takes at least a page of 4 KiB. */
const SIZE = '128m';

/**
 * Makes sure that what is written in `dir` stays in memory: `/run` is a disk on many virtual machines and containers.
 * Mounts a tmpfs there when it is not one, without swap where the kernel can (6.4 and newer). The mount has to be in
 * the mount namespace that the Docker Engine sees.
 * @throws ReconcilerError `files/not-tmpfs`
 */
export async function ensureInMemory(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (!(await isInMemory(dir))) {
    await mountTmpfs(dir);
    if (!(await isInMemory(dir))) throw notTmpfs(dir, 'the mount did not take effect');
  }
  await chmod(dir, 0o700);
}

/** Whether a folder lies on tmpfs or ramfs. */
export async function isInMemory(dir: string): Promise<boolean> {
  const { type } = await statfs(dir);
  return type === TMPFS_MAGIC || type === RAMFS_MAGIC;
}

async function mountTmpfs(dir: string): Promise<void> {
  const options = `mode=0700,nosuid,nodev,noexec,size=${SIZE}`;
  try {
    await mount(dir, `${options},noswap`);
  } catch {
    // An older kernel refuses the word `noswap`; any other hindrance shows again.
    try {
      await mount(dir, options);
    } catch (error) {
      throw notTmpfs(dir, error instanceof ExecaError ? error.shortMessage : String(error), error);
    }
  }
}

async function mount(dir: string, options: string): Promise<void> {
  await execa('mount', ['-t', 'tmpfs', '-o', options, MOUNT_SOURCE, dir], { timeout: 10_000 });
}

function notTmpfs(dir: string, why: string, cause?: unknown): ReconcilerError {
  const message =
    `secrets must not touch a disk, but ${dir} is not on a tmpfs and none could be mounted there (${why}): ` +
    `run as root, mount one yourself (mount -t tmpfs -o mode=0700 tenantry ${dir}), or name another folder`;
  return new ReconcilerError('files/not-tmpfs', message, { retry: 'never', cause });
}

/**
 * Ends what `ensureInMemory` mounted, with all that was in it, and removes the empty folder. A tmpfs that somebody
 * else mounted stays.
 */
export async function removeSecretsMount(dir: string): Promise<void> {
  while (await isOurMount(dir)) await execa('umount', [dir], { timeout: 10_000 });
  await rmdir(dir).catch(nullIfMissing);
}

async function isOurMount(dir: string): Promise<boolean> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  return table.split('\n').some((line) => {
    const [source, target] = line.split(' ');
    return source === MOUNT_SOURCE && unescapeMount(target ?? '') === dir;
  });
}

/** The kernel writes a space in a path as `\040`. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
