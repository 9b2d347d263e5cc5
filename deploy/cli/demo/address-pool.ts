import { readFile } from 'node:fs/promises';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { engineAt } from '../../images/engine-build.ts';
import { CommandError } from '../errors.ts';

/** An IPv4 range: first address and number of leading bits that are fixed. */
interface Range {
  readonly start: number;
  readonly bits: number;
}

/** Ranges that a demo may take, the starter repository's own first. */
const candidates = [210, ...span(211, 254), ...span(1, 209).reverse()]
  .map((second) => `10.${second}.0.0/16`)
  .concat(
    span(16, 31)
      .reverse()
      .map((second) => `172.${second}.0.0/16`),
  );

/**
 * A private range that neither a network of the engine nor a route of this machine uses.
 * @throws CommandError when all are taken
 */
export async function freePool(dockerHost: string | undefined): Promise<string> {
  return choosePool([
    ...(await engineSubnets(dockerHost)),
    ...routes((await readFile('/proc/net/route', 'utf8').catch(nullIfMissing)) ?? ''),
  ]);
}

/** The first candidate that overlaps none of the ranges. */
export function choosePool(taken: readonly string[]): string {
  const ranges = taken.map(parseRange).filter((range) => range !== null);
  const free = candidates.find((candidate) => {
    const range = parseRange(candidate);
    return range !== null && !ranges.some((other) => overlap(range, other));
  });
  if (free !== undefined) return free;
  throw new CommandError(
    'Every private address range of this machine is in use: there is none left for the demo.',
  );
}

/** Destinations in `/proc/net/route`, without the default route: addresses are hexadecimal, lowest byte first. */
export function routes(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, destination, , , , , , mask] = line.split('\t');
      if (destination === undefined || mask === undefined || /^0+$/.test(mask)) return [];
      const bits = bytesOf(mask)
        .flatMap((byte) => [...byte.toString(2)])
        .filter((bit) => bit === '1').length;
      return [`${bytesOf(destination).join('.')}/${bits}`];
    });
}

async function engineSubnets(dockerHost: string | undefined): Promise<string[]> {
  const networks = await engineAt(dockerHost).listNetworks();
  return networks.flatMap(({ IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet === undefined ? [] : [Subnet])),
  );
}

function bytesOf(hex: string): number[] {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** Null for anything but IPv4. */
function parseRange(text: string): Range | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  return { start: ((a * 256 + b) * 256 + c) * 256 + d, bits };
}

function overlap(a: Range, b: Range): boolean {
  const size = 2 ** (32 - Math.min(a.bits, b.bits));
  return Math.floor(a.start / size) === Math.floor(b.start / size);
}

function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
