import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const REF = 'tenantry-test/busybox:v1.0.0';
const BUSYBOX = '/bin/busybox';
/** What the tests call by name; the rest is at hand as `busybox <applet>`. */
const APPLETS = [
  'sh',
  'sleep',
  'httpd',
  'cat',
  'echo',
  'ls',
  'id',
  'kill',
  'mkdir',
  'printf',
  'sync',
  'touch',
  'true',
];

/**
 * A pinned tiny image on the engine, made from the machine's static busybox: no registry is needed. It sleeps, and
 * ends at once when asked to. Stays on the engine for the next test file; `docker rmi` removes it.
 * @param ref name and tag to give it, for tests that need two images
 * @param host the engine, as `DOCKER_HOST` names it; default the one that the tests use
 */
export async function ensureBusyboxImage(ref: string = REF, host?: string): Promise<string> {
  const docker = host === undefined ? [] : ['--host', host];
  const present = await execa('docker', [...docker, 'image', 'inspect', ref], { reject: false });
  if (present.exitCode === 0) return ref;
  const folder = await mkdtemp(join(tmpdir(), 'tenantry-test-image-'));
  try {
    const tar = await busyboxTar(folder);
    // Imported under a name of its own first: another test file may be making the same image.
    const staging = `tenantry-test/import-${randomBytes(6).toString('hex')}:v1`;
    const change = ['--change', 'CMD ["sh","-c","trap exit TERM; sleep 1000000 & wait"]'];
    await execa('docker', [...docker, 'import', ...change, tar, staging]);
    await execa('docker', [...docker, 'tag', staging, ref]);
    await execa('docker', [...docker, 'rmi', '--no-prune', staging]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return ref;
}

/**
 * Writes the root filesystem of the image as a tar file into `folder` and answers its path.
 * @throws when the machine has no static busybox: `apt-get install busybox-static`
 */
export async function busyboxTar(folder: string): Promise<string> {
  const root = join(folder, 'root');
  const bin = join(root, 'bin');
  for (const dir of [bin, join(root, 'etc'), join(root, 'tmp')]) await mkdir(dir, { recursive: true });
  await copyFile(BUSYBOX, join(bin, 'busybox'));
  for (const applet of APPLETS) await symlink('busybox', join(bin, applet));
  const tar = join(folder, 'root.tar');
  await execa('tar', ['--create', '--file', tar, '--owner=0', '--group=0', '--directory', root, '.']);
  return tar;
}
