import { DocumentCache, type JudgedFile } from '../../../desired-state/read/document-cache.ts';
import { type DocumentSet, documentsOf } from '../../../desired-state/read/documents.ts';
import { filesOf } from '../../../desired-state/read/grouping.ts';
import { byCodeUnits } from '../../../desired-state/read/sorted-map.ts';
import { formatProblem, type Problem } from '../../../schemas/problem.ts';

/** A desired-state repository in memory: text by path. */
export type Tree = Readonly<Record<string, string>>;

const IMAGE = 'registry.example.com/runtime';

export const imageOf = { staging: `${IMAGE}:sha-1111111`, production: `${IMAGE}:sha-2222222` } as const;

/** Any document, as one flow mapping a line: YAML that is quickly written and has positions. */
export function document(kind: string, name: string, spec: object): string {
  const head = `apiVersion: tenantry.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;
  return (
    head +
    Object.entries(spec)
      .map(([field, value]) => `  ${field}: ${JSON.stringify(value)}\n`)
      .join('')
  );
}

export function platform(spec: object = {}): Tree {
  const text = document('Platform', 'test', spec);
  return { 'tenantry.yaml': Object.keys(spec).length === 0 ? text.replace('spec:\n', 'spec: {}\n') : text };
}

export function node(name: string, spec: object = {}): Tree {
  return { [`nodes/${name}.yaml`]: document('Node', name, { network: { shards: 4 }, ...spec }) };
}

export function channel(name: string, spec: object): Tree {
  return { [`channels/${name}.yaml`]: document('Channel', name, spec) };
}

export function tenant(name: string, spec: object = {}): Tree {
  const whole = { owner: 'ops@example.com', node: 'worker-1', channel: 'production', ...spec };
  return { [`tenants/${name}/tenant.yaml`]: document('Tenant', name, whole) };
}

export function prompt(folder: string, name: string, text: string): Tree {
  return { [`${folder}/prompts/${name}.yaml`]: document('Prompt', name, { text }) };
}

export function skill(folder: string, name: string): Tree {
  return {
    [`${folder}/skills/${name}.yaml`]: document('Skill', name, { description: 'd', instructions: name }),
  };
}

export function site(folder: string, name: string, spec: object): Tree {
  return { [`${folder}${name}.yaml`]: document('Site', name, spec) };
}

/** Shared files that are in order: a platform, the node worker-1, the channels staging and production. */
export const base: Tree = {
  ...platform(),
  ...node('worker-1'),
  ...channel('staging', { images: { runtime: imageOf.staging }, promotesTo: 'production' }),
  ...channel('production', { images: { runtime: imageOf.production } }),
};

const cache = new DocumentCache(1);

/** The documents of a tree; the same file in two trees is one object, as when both are read from Git. */
export function documents(tree: Tree, revision = 'files'): DocumentSet {
  return { ...documentsOf(new Map(Object.entries(tree)), cache), revision };
}

/** All files of a revision by path, in order. */
export function byPath({ files }: DocumentSet): ReadonlyMap<string, JudgedFile> {
  const all = [...filesOf(files)].map((file): [string, JudgedFile] => [file.path, file]);
  return new Map(all.sort(([a], [b]) => byCodeUnits(a, b)));
}

export function lines(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `${problem.code} ${formatProblem(problem)}`);
}
