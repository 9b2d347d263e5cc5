import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A secret value that looks different in every encoding, and that nothing else can hold by chance. */
export function canary(): string {
  return `canary ${randomBytes(9).toString('hex')} "q" ä/+?&=`;
}

/** The ways in which `text` holds the value: raw, as JSON, base64 (of any alignment), URL or hexadecimal. */
export function leaksIn(text: string, value: string): string[] {
  const bytes = Buffer.from(value);
  const forms: Record<string, readonly string[]> = {
    raw: [value],
    json: [inJson(value), inJson(value).replaceAll('&', '\\u0026')],
    base64: alignments(bytes).map((shifted) => core(shifted.toString('base64'))),
    base64url: alignments(bytes).map((shifted) => core(shifted.toString('base64url'))),
    url: [encodeURIComponent(value), new URLSearchParams({ v: value }).toString().slice(2)],
    hex: [bytes.toString('hex')],
  };
  return Object.keys(forms).filter((form) => forms[form]?.some((needle) => text.includes(needle)));
}

/** Every file below a folder, by path. */
export async function filesBelow(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path, 'utf8')] as const)));
}

/** As within a JSON text; Docker's own writes an ampersand as `\u0026`. */
function inJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** The value behind 0, 1 and 2 other bytes: base64 writes it in one of three ways. */
function alignments(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((count) => Buffer.concat([Buffer.alloc(count), bytes]));
}

/** Without the groups at the ends, which depend on the neighbours. */
function core(encoded: string): string {
  return encoded.replace(/=+$/, '').slice(4, -4);
}
