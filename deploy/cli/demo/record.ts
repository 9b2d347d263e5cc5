import { mkdir, readFile } from 'node:fs/promises';
import { replaceFile } from '../../../reconciler/adapters/durable-write.ts';
import { nullIfMissing } from '../../../reconciler/adapters/files-digest.ts';
import { CommandError, withCauses } from '../errors.ts';
import type { DemoNames } from './names.ts';

/** What a demo made that no label tells: kept beside it until `demo --down`. */
export interface DemoRecord {
  readonly platform: string;
  readonly node: string;
  /** Images that were not on the engine before the demo built them. */
  readonly images: readonly string[];
}

/** Null when there is none. @throws CommandError when it cannot be read */
export async function readRecord({ record }: DemoNames): Promise<DemoRecord | null> {
  const text = await readFile(record, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  if (isRecord(value)) return value;
  throw new CommandError(`${record} is not the record of a demo; move it away.`);
}

/** @throws CommandError when the folder cannot be written */
export async function writeRecord({ dir, record }: DemoNames, value: DemoRecord): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await replaceFile(`${record}.new`, record, `${JSON.stringify(value, null, 2)}\n`, 0o600);
  } catch (cause) {
    throw new CommandError(
      `The demo cannot write to ${dir}: run it as root, or name a folder of yours with --dir (${withCauses(cause)}).`,
      { cause },
    );
  }
}

function isRecord(value: unknown): value is DemoRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'platform' in value &&
    typeof value.platform === 'string' &&
    'node' in value &&
    typeof value.node === 'string' &&
    'images' in value &&
    Array.isArray(value.images) &&
    value.images.every((image) => typeof image === 'string')
  );
}
