import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What can befall a file between two runs: a bit that flips, or an end that is lost. */
export type Damage =
  | { readonly kind: 'flip'; readonly file: string; readonly byte: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number };

/** Pseudo-random numbers in [0, 1) that follow from the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Some damage to one of the files; `sizes` are their lengths in bytes, by name. */
export function someDamage(random: () => number, sizes: Readonly<Record<string, number>>): Damage {
  const files = Object.entries(sizes).filter(([, size]) => size > 0);
  const [file, size] = files[Math.floor(random() * files.length)] ?? [];
  if (file === undefined || size === undefined) throw new Error('there is nothing to damage');
  if (random() < 0.3) return { kind: 'cut', file, length: Math.floor(random() * size) };
  return { kind: 'flip', file, byte: Math.floor(random() * size), bit: Math.floor(random() * 8) };
}

export function damaged(content: Buffer, damage: Damage): Buffer {
  if (damage.kind === 'cut') return content.subarray(0, damage.length);
  const copy = Buffer.from(content);
  copy.writeUInt8(copy.readUInt8(damage.byte) ^ (1 << damage.bit), damage.byte);
  return copy;
}

/** `flip bit 3 of byte 17 of memory.json`, to be told where it was not withstood. */
export function describeDamage(damage: Damage): string {
  if (damage.kind === 'cut') return `cut ${damage.file} to ${damage.length} bytes`;
  return `flip bit ${damage.bit} of byte ${damage.byte} of ${damage.file}`;
}

/** The state documents and logs of a data folder, by name. */
export async function stateFiles(stateDir: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(stateDir)).filter((name) => /\.jsonl?$/.test(name)).sort();
  const files = names.map(async (name) => [name, await readFile(join(stateDir, name))] as const);
  return Object.fromEntries(await Promise.all(files));
}

/** Damages a file of a data folder's state on disk. */
export async function damageState(stateDir: string, damage: Damage): Promise<void> {
  const path = join(stateDir, damage.file);
  await writeFile(path, damaged(await readFile(path), damage));
}
