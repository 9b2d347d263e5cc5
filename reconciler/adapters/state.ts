import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../schemas/is-object.ts';
import { ReconcilerError } from '../errors.ts';
import type { StateStore } from '../ports.ts';
import { replaceFile, syncFolder } from './durable-write.ts';
import { nullIfMissing } from './files-digest.ts';

export interface Damage {
  readonly name: string;
  /** Where the damaged document lies now. */
  readonly path: string;
  readonly reason: string;
}

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const PRIVATE_MODE = 0o600;

/**
 * A folder of small JSON documents (`<name>.json`) and logs (`<name>.jsonl`). Each value is kept next to a checksum,
 * so that a flipped bit or a cut file is noticed instead of believed. One process at a time (the host lock), one
 * write of a name at a time.
 * @param onDamage told of a document that was set aside as `<name>.json.damaged`
 */
export function openState(dir: string, onDamage: (damage: Damage) => void): StateStore {
  /** Entries in each log, counted when it is first appended to. */
  const lengths = new Map<string, number>();
  const file = (name: string, suffix: string) => join(dir, checked(name) + suffix);

  const readEntries = async (path: string): Promise<unknown[]> => {
    const text = (await readFile(path, 'utf8').catch(nullIfMissing)) ?? '';
    // A line that a crash tore, or that was damaged later, is left out; the others stand by themselves.
    return text.split('\n').flatMap((line) => {
      const entry = unseal(line);
      return 'value' in entry ? [entry.value] : [];
    });
  };
  const replace = async (path: string, text: string) => {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await replaceFile(`${path}.new`, path, text, PRIVATE_MODE);
  };

  return {
    async read(name) {
      const path = file(name, '.json');
      const text = await readFile(path, 'utf8').catch(nullIfMissing);
      if (text === null) return null;
      const document = unseal(text);
      if ('value' in document) return document.value;
      await rename(path, `${path}.damaged`);
      onDamage({ name, path: `${path}.damaged`, reason: document.damage });
      return null;
    },
    async write(name, value) {
      const path = file(name, '.json');
      await replace(path, seal(value)).catch(failed(path));
    },
    async remove(name) {
      await rm(file(name, '.json'), { force: true });
    },
    async append(name, entry, keep) {
      const path = file(name, '.jsonl');
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        const before = lengths.get(name) ?? (await readEntries(path)).length;
        await appendLine(path, seal(entry));
        lengths.set(name, before + 1);
        if (before + 1 < keep * 2) return;
        const newest = (await readEntries(path)).slice(-keep);
        await replace(path, newest.map(seal).join(''));
        lengths.set(name, newest.length);
      } catch (error) {
        failed(path)(error);
      }
    },
    async readLog(name) {
      return readEntries(file(name, '.jsonl'));
    },
  };
}

function seal(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('a state document must be a JSON value');
  return `{"v":1,"sha256":"${checksum(text)}","value":${text}}\n`;
}

function unseal(text: string): { readonly value: unknown } | { readonly damage: string } {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    return { damage: 'it is not JSON; it was cut or overwritten' };
  }
  if (!isObject(envelope) || envelope['v'] !== 1 || envelope['value'] === undefined) {
    return { damage: 'it is not a state document of this version' };
  }
  if (envelope['sha256'] !== checksum(JSON.stringify(envelope['value']))) {
    return { damage: 'its checksum does not fit' };
  }
  return { value: envelope['value'] };
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** One write of one line; when it fails half-way, the half is taken back. */
async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', PRIVATE_MODE);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const torn = size > 0 && last[0] !== 0x0a;
    try {
      await file.writeFile(torn ? `\n${line}` : line);
      await file.datasync();
    } catch (error) {
      await file.truncate(size);
      throw error;
    }
    if (size === 0) await syncFolder(join(path, '..'));
  } finally {
    await file.close();
  }
}

function checked(name: string): string {
  if (NAME.test(name)) return name;
  const message = `${JSON.stringify(name)} is no name of a state document: lower-case letters, digits and dashes`;
  throw new ReconcilerError('state/bad-name', message, { retry: 'never' });
}

function failed(path: string): (error: unknown) => never {
  return (cause) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `cannot save ${path}, the old content stays: ${why}`;
    throw new ReconcilerError('state/write-failed', message, { retry: 'backoff', cause });
  };
}
