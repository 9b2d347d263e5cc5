import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Where the demo keeps everything, when nobody names another folder. */
export const demoDir = '/var/lib/tenantry-demo';

/** The node's data in the default demo. */
export const demoDataDir = join(demoDir, 'node');

/** Everything the demo makes has its place below one folder, and its name in labels. */
export interface DemoNames {
  readonly dir: string;
  /** All that the control node keeps. */
  readonly control: string;
  /** The repository that the control node serves: bare. */
  readonly remote: string;
  /** A clone of it to edit in: an ordinary work tree. */
  readonly repo: string;
  /** How one signs in, kept until `demo --down`. */
  readonly signIn: string;
  readonly dataDir: string;
  /** A tmpfs. */
  readonly secretsDir: string;
  /** What the demo remembers to remove it again. */
  readonly record: string;
  /** Name of the installation, and with it the label of all that it makes. */
  readonly platform: string;
  /** The one node of the starter repository. */
  readonly node: string;
}

/**
 * @param dir absolute; a demo in a folder of its own is an installation of its own, so that none takes the other's
 *   containers for its own
 */
export function demoNames(dir: string): DemoNames {
  const suffix = dir === demoDir ? '' : `-${createHash('sha256').update(dir).digest('hex').slice(0, 6)}`;
  return {
    dir,
    control: join(dir, 'control'),
    remote: join(dir, 'control', 'git', 'platform.git'),
    repo: join(dir, 'repo'),
    signIn: join(dir, 'sign-in.json'),
    dataDir: join(dir, 'node'),
    secretsDir: join(dir, 'node', 'secrets'),
    record: join(dir, 'demo.json'),
    platform: `demo${suffix}`,
    node: 'worker-1',
  };
}
