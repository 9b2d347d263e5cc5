import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { DesiredTenant } from '../desired-state/model.ts';

/** Where the runtime finds its managed files and its secrets inside the container. */
export const mountPaths = { files: '/etc/tenantry', secrets: '/run/secrets' } as const;

/**
 * The managed files of a tenant, by path relative to `/etc/tenantry`:
 * - `config.json`: `spec.config` as it stands in Git;
 * - `prompts/<name>.md`: the prompt's text and nothing else;
 * - `skills/<id>.json`: `{name, description, instructions, parameters, enabled}`.
 *
 * JSON is canonical, so that the same content has the same bytes and moving a key in YAML changes nothing.
 */
export function managedFiles(tenant: DesiredTenant): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = { 'config.json': json(tenant.config) };
  for (const [name, prompt] of Object.entries(tenant.prompts)) {
    files[`prompts/${name}.md`] = Buffer.from(prompt.text);
  }
  for (const [name, skill] of Object.entries(tenant.skills)) {
    const { description, instructions, parameters, enabled } = skill;
    files[`skills/${name}.json`] = json({ name, description, instructions, parameters, enabled });
  }
  return files;
}

/** Path to sha256 (hex) of each file. */
export function fileDigests(files: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, content]) => [path, createHash('sha256').update(content).digest('hex')]),
  );
}

function json(value: unknown): Uint8Array {
  return Buffer.from(`${canonicalize(value) ?? 'null'}\n`);
}
