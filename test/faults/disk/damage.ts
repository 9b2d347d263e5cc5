import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What can befall a file between two runs: a bit that flips, or an end that is lost. */
export type Damage =
  | { readonly kind: 'flip'; readonly file: string; readonly byte: number; readonly bit: number }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number };

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

/**
 * Damages a file where its newest value stands, near the end. A digit whose last bit flips is another digit: the document
 * can still be read, and says something else.
 *
 * @param action `flip` a bit, `cut` the second half off, or `lose` the file
 */
export function damageAtEnd(path: string, action: string): void {
  if (action === 'lose') return rmSync(path, { force: true });
  const content = readFileSync(path);
  const length = Math.floor(content.length / 2);
  const digit = /\d(?=\D*$)/.exec(content.toString('latin1'))?.index ?? 0;
  const flip: Damage = { kind: 'flip', file: path, byte: digit, bit: 0 };
  writeFileSync(path, damaged(content, action === 'cut' ? { kind: 'cut', file: path, length } : flip));
}
