import type { ResourceRef } from '../../../reconciler/plan/change.ts';
import { printable } from './text.ts';

/**
 * The value of a field as people write it in the desired-state repository: sizes in Mi, processors as a number,
 * secrets by name and fingerprint only.
 *
 * @param path dotted path of the field, by which its unit is known
 */
export function formatValue(resource: ResourceRef['kind'], path: string, value: unknown): string {
  if (value === undefined) return '(none)';
  if (isSecret(value))
    return `(secret ${value.fingerprint === null ? 'not compared' : `${value.fingerprint.slice(0, 4)}…`})`;
  if (resource === 'files' && typeof value === 'string') return `sha256:${value.slice(0, 8)}…`;
  if (path.endsWith('Bytes') && typeof value === 'number')
    return value === 0 ? 'no limit' : formatBytes(value);
  if (path === 'nanoCpus' && typeof value === 'number')
    return value === 0 ? 'no limit' : `${value / 1e9} CPU`;
  if (path === 'pids' && typeof value === 'number') return value === 0 ? 'no limit' : String(value);
  if ((path === 'command' || path === 'user') && value === null) return "the image's own";
  if (path === 'running' && typeof value === 'boolean') return value ? 'running' : 'stopped';
  if (isMount(value))
    return printable(`${value.type} ${value.source} (${value.readOnly ? 'read-only' : 'read-write'})`);
  if (path === 'networks' && isTexts(value)) return printable(value.join(', ')) || '(none)';
  if (typeof value === 'string') return value === '' ? '""' : printable(value);
  return printable(JSON.stringify(value));
}

/** `512Mi`, `1.5Gi`; bytes where no unit fits to one decimal. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['Gi', 1024 ** 3],
    ['Mi', 1024 ** 2],
    ['Ki', 1024],
  ] as const) {
    const number = bytes / size;
    if (number >= 1 && Number.isInteger(number * 10)) return `${number}${unit}`;
  }
  return `${bytes} bytes`;
}

function isSecret(value: unknown): value is { readonly secret: string; readonly fingerprint: string | null } {
  return isRecord(value) && typeof value['secret'] === 'string' && 'fingerprint' in value;
}

function isMount(
  value: unknown,
): value is { readonly type: string; readonly source: string; readonly readOnly: boolean } {
  return isRecord(value) && typeof value['source'] === 'string' && typeof value['readOnly'] === 'boolean';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
