import { git, gitBytes } from '../../support/git-repo.ts';

/** Flips one bit in the middle of the pack that an answer holds: its checksum no longer fits. */
export function withFlippedBit(answer: Buffer): Buffer {
  const begin = answer.indexOf('PACK');
  const copy = Buffer.from(answer);
  // Behind the pack's header of 12 bytes, and before its checksum.
  const at = begin + 12 + Math.floor((copy.length - begin - 12) / 2);
  copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at);
  return copy;
}

/**
 * The same answer with another pack, whose checksum is right: it has all that the branch needs but one file, and a
 * file that nobody asked for in its place.
 *
 * @param bare the repository that is served
 */
export function withWrongObject(answer: Buffer, bare: string, branch: string): Buffer {
  const head = git(bare, ['rev-parse', `refs/heads/${branch}`]);
  // A file that this commit brought: an older one is in the mirror already, and nobody would miss it.
  const [changed = ''] = git(bare, ['diff-tree', '-r', '--root', '--no-commit-id', head]).split('\n');
  const victim = changed.split(/\s/)[3];
  const listed = git(bare, ['rev-list', '--objects', '--no-object-names', head]).split('\n');
  const impostor = git(bare, ['hash-object', '-w', '--stdin'], `instead of ${victim}\n`);
  const objects = [...listed.filter((oid) => oid !== victim), impostor];
  return withPack(answer, packOf(bare, objects));
}

function packOf(bare: string, objects: readonly string[]): Buffer {
  return gitBytes(bare, ['pack-objects', '--quiet', '--stdout'], `${objects.join('\n')}\n`);
}

/** Puts a pack in the place of the one in an answer: pkt-lines, those of band 1 carry it. */
function withPack(answer: Buffer, pack: Buffer): Buffer {
  const kept = packets(answer).filter((packet) => packet[4] !== 1 && packet[4] !== 2);
  const bands: Buffer[] = [];
  for (let at = 0; at < pack.length; at += 60_000) {
    const chunk = pack.subarray(at, at + 60_000);
    const length = (chunk.length + 5).toString(16).padStart(4, '0');
    bands.push(Buffer.from(`${length}\u0001`, 'latin1'), chunk);
  }
  const end = kept.findLastIndex((packet) => packet.toString('latin1') === '0000');
  return Buffer.concat([...kept.slice(0, end), ...bands, Buffer.from('0000')]);
}

function packets(answer: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < answer.length; ) {
    const length = Math.max(4, Number.parseInt(answer.toString('latin1', at, at + 4), 16));
    found.push(answer.subarray(at, at + length));
    at += length;
  }
  return found;
}
