import { CORE_SCHEMA, load, YAMLException } from 'js-yaml';
import { stringify } from 'yaml';
import { type Kind, kindNames, readSchema } from '../../schemas/kinds.ts';

const encoder = new TextEncoder();

/** The bytes of a file that holds this text. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A path at which a document of this kind and name belongs. */
export function pathFor(kind: Kind, name: string): string {
  const paths: { readonly [K in Kind]: string } = {
    Platform: 'tenantry.yaml',
    Node: `nodes/${name}.yaml`,
    Channel: `channels/${name}.yaml`,
    Tenant: `tenants/${name}/tenant.yaml`,
    Prompt: `tenants/acme/prompts/${name}.yaml`,
    Skill: `library/skills/${name}.yaml`,
    Job: `tenants/acme/jobs/${name}.yaml`,
    Site: `sites/${name}.yaml`,
    Secrets: `tenants/${name}/secrets.yaml`,
    Stack: `stacks/${name}/stack.yaml`,
  };
  return paths[kind];
}

export interface Example {
  readonly kind: Kind;
  readonly path: string;
  readonly document: { readonly metadata: { readonly name: string } };
  readonly text: string;
}

/** Every example of every schema, as a file. */
export function examples(): Example[] {
  return kindNames.flatMap((kind) => {
    const documents = readSchema(kind)['examples'] as Example['document'][];
    return documents.map((document) => ({
      kind,
      path: pathFor(kind, document.metadata.name),
      document,
      text: stringify(document),
    }));
  });
}

/** What the second parser reads; null when it finds fault with syntax that ours lets pass. */
export function oracle(text: string): { readonly value: unknown } | null {
  try {
    return { value: load(text, { schema: CORE_SCHEMA }) };
  } catch (error) {
    if (error instanceof YAMLException) return null;
    throw error;
  }
}
