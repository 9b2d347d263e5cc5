import { randomInt } from 'node:crypto';
import { execa } from 'execa';

/** A cable between this machine's network and a namespace that stands for another machine. */
export interface NodeLink {
  /** This machine's address, reachable from inside the namespace. */
  readonly address: string;
  close(): Promise<void>;
}

/** Lays a cable into a network namespace, with one address at each end. Needs root. */
export async function linkTo(netns: string): Promise<NodeLink> {
  const id = randomInt(16_384);
  // A /30 of 198.18.0.0/15, which is set aside for tests of networks.
  const address = (host: number): string => `198.18.${id >> 6}.${(id & 63) * 4 + host}`;
  const [here, there] = [`tnt-${id}-a`, `tnt-${id}-b`];
  await execa('ip', ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', netns]);
  const close = async (): Promise<void> => {
    await execa('ip', ['link', 'delete', here]);
  };
  try {
    await execa('ip', ['address', 'add', `${address(1)}/30`, 'dev', here]);
    await execa('ip', ['link', 'set', here, 'up']);
    await execa('ip', ['-n', netns, 'address', 'add', `${address(2)}/30`, 'dev', there]);
    await execa('ip', ['-n', netns, 'link', 'set', there, 'up']);
  } catch (error) {
    await close();
    throw error;
  }
  return { address: address(1), close };
}
