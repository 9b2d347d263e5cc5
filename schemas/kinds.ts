import { readFileSync } from 'node:fs';
import type { Channel } from './kinds/channel.ts';
import type { Job } from './kinds/job.ts';
import type { Node } from './kinds/node.ts';
import type { Platform } from './kinds/platform.ts';
import type { Prompt } from './kinds/prompt.ts';
import type { Secrets } from './kinds/secrets.ts';
import type { Site } from './kinds/site.ts';
import type { Skill } from './kinds/skill.ts';
import type { Stack } from './kinds/stack.ts';
import type { Tenant } from './kinds/tenant.ts';

/** The type of a document by its kind. */
export interface Documents {
  Platform: Platform;
  Node: Node;
  Channel: Channel;
  Tenant: Tenant;
  Prompt: Prompt;
  Skill: Skill;
  Job: Job;
  Site: Site;
  Secrets: Secrets;
  Stack: Stack;
}

export type Kind = keyof Documents;
export type AnyDocument = Documents[Kind];

export interface KindInfo {
  /** Where such documents lie; `<…>` stands for a name. */
  readonly paths: readonly string[];
  /** Which part of the path `metadata.name` must equal; `free` when any name will do. */
  readonly named: 'free' | 'file' | 'folder';
}

/** Every kind of the language, in the order in which people meet them. */
export const kinds: { readonly [K in Kind]: KindInfo } = {
  Platform: { paths: ['tenantry.yaml'], named: 'free' },
  Node: { paths: ['nodes/<node>.yaml'], named: 'file' },
  Channel: { paths: ['channels/<channel>.yaml'], named: 'file' },
  Tenant: { paths: ['tenants/<tenant>/tenant.yaml'], named: 'folder' },
  Prompt: { paths: ['tenants/<tenant>/prompts/<name>.yaml', 'library/prompts/<name>.yaml'], named: 'file' },
  Skill: { paths: ['tenants/<tenant>/skills/<id>.yaml', 'library/skills/<id>.yaml'], named: 'file' },
  Job: { paths: ['tenants/<tenant>/jobs/<name>.yaml'], named: 'file' },
  Site: { paths: ['tenants/<tenant>/sites/<name>.yaml', 'sites/<name>.yaml'], named: 'file' },
  Secrets: { paths: ['tenants/<tenant>/secrets.yaml'], named: 'folder' },
  Stack: { paths: ['stacks/<stack>/stack.yaml'], named: 'folder' },
};

/** The kinds by name, in the same order. */
export const kindNames: readonly Kind[] = [
  'Platform',
  'Node',
  'Channel',
  'Tenant',
  'Prompt',
  'Skill',
  'Job',
  'Site',
  'Secrets',
  'Stack',
];

/** `tenant.schema.json`: the file that a kind's schema is emitted to. */
export function schemaFile(kind: Kind): string {
  return `${kind.toLowerCase()}.schema.json`;
}

/** `https://tenantry.dev/schemas/v1/tenant.schema.json`: the id of a kind's schema. */
export function schemaId(kind: Kind): string {
  return `https://tenantry.dev/schemas/v1/${schemaFile(kind)}`;
}

/**
 * The emitted JSON Schema of a kind. Validation uses these files rather than the TypeBox sources, which take longer to
 * load than a small repository takes to validate; a test keeps the two the same.
 */
export function readSchema(kind: Kind): Record<string, unknown> {
  const text = readFileSync(new URL(schemaFile(kind), import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}
