import { type Kind, kindNames, kinds } from './kinds.ts';
import { own } from './own.ts';
import { closest } from './suggest.ts';

/** What a path of the desired-state repository is for. */
export type Placement =
  | {
      readonly type: 'document';
      readonly kind: Kind;
      /** What `metadata.name` must be; null for the platform, whose name is free. */
      readonly name: string | null;
      /** The tenant whose folder it lies in. */
      readonly tenant?: string;
    }
  /** A file that a stack's own tool reads, such as its Compose file. */
  | { readonly type: 'attachment'; readonly stack: string }
  /** A file for people or for the forge; Tenantry does not read it. */
  | { readonly type: 'ignored' }
  /** A file that looks as if it were meant for Tenantry, and is not. `reason` says what to do. */
  | { readonly type: 'unknown'; readonly reason: string };

const TENANT_FOLDERS: Readonly<Record<string, Kind>> = {
  prompts: 'Prompt',
  skills: 'Skill',
  jobs: 'Job',
  sites: 'Site',
};
const SHARED_FOLDERS: Readonly<Record<string, Kind>> = { nodes: 'Node', channels: 'Channel', sites: 'Site' };
const LIBRARY_FOLDERS: Readonly<Record<string, Kind>> = { prompts: 'Prompt', skills: 'Skill' };
const ROOTS = ['tenants', 'library', 'stacks', ...Object.keys(SHARED_FOLDERS)];

/**
 * Says what the file at a repository path (forward slashes, no leading slash) is: the one place that knows the layout
 * of the repository.
 */
export function classifyPath(path: string): Placement {
  if (path === 'tenantry.yaml') return { type: 'document', kind: 'Platform', name: null };
  if (isForPeople(path)) return { type: 'ignored' };
  const [root = '', ...rest] = path.split('/');
  if (rest.length === 0) return atRoot(path);
  if (root === 'tenants') return inTenants(rest);
  if (root === 'library') return inLibrary(rest);
  if (root === 'stacks') return inStacks(rest);
  const kind = own(SHARED_FOLDERS, root);
  if (kind !== undefined) return inFolder(kind, `${root}/`, rest);
  const meant = closest(root, ROOTS);
  if (meant !== null && path.endsWith('.yaml')) {
    return unknown(`Tenantry reads no folder \`${root}/\`; did you mean \`${meant}/\`?`);
  }
  return { type: 'ignored' };
}

/** The tenant in whose folder a path lies, or null. */
export function tenantOfPath(path: string): string | null {
  return /^tenants\/([^/]+)\//.exec(path)?.[1] ?? null;
}

/** README.md, .gitignore, .github/…, CODEOWNERS: files that any repository may hold, wherever they lie. */
function isForPeople(path: string): boolean {
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  if (parts[0] === '.github' || parts[0] === '.ci' || parts[0] === '.gitlab') return true;
  return file.endsWith('.md') || file.startsWith('.git') || file === '.editorconfig' || file === 'CODEOWNERS';
}

function atRoot(file: string): Placement {
  if (ROOTS.includes(file)) {
    return unknown(
      `\`${file}/\` is a folder: remove this file; if it took the folder's place, bring that back.`,
    );
  }
  if (!/\.ya?ml$/.test(file)) return { type: 'ignored' };
  if (file.startsWith('.')) return { type: 'ignored' };
  return unknown(
    file === 'tenantry.yml'
      ? 'Rename it to `tenantry.yaml`.'
      : 'The only YAML file at the root is `tenantry.yaml`; move it into the folder of its kind, or remove it.',
  );
}

function inTenants(rest: readonly string[]): Placement {
  const [tenant = '', folder, ...more] = rest;
  if (folder === undefined) {
    const name = stem(tenant);
    return unknown(
      name === null
        ? "`tenants/` holds folders alone: remove this file; if it took the place of a tenant's folder, bring that back."
        : `A tenant is a folder: move it to \`tenants/${name}/tenant.yaml\`.`,
    );
  }
  if (more.length === 0) {
    if (folder === 'tenant.yaml') return { type: 'document', kind: 'Tenant', name: tenant, tenant };
    if (folder === 'secrets.yaml') return { type: 'document', kind: 'Secrets', name: tenant, tenant };
    return unknown(
      meantFile(folder, ['tenant.yaml', 'secrets.yaml']) ??
        "A tenant's folder holds `tenant.yaml`, `secrets.yaml` and the folders prompts, skills, jobs and sites.",
    );
  }
  const kind = own(TENANT_FOLDERS, folder);
  if (kind === undefined) return unknownFolder(`tenants/${tenant}`, folder, Object.keys(TENANT_FOLDERS));
  const placed = inFolder(kind, `tenants/${tenant}/${folder}/`, more);
  return placed.type === 'document' ? { ...placed, tenant } : placed;
}

function inLibrary(rest: readonly string[]): Placement {
  const [folder = '', ...more] = rest;
  const kind = own(LIBRARY_FOLDERS, folder);
  if (kind === undefined || more.length === 0)
    return unknownFolder('library', folder, Object.keys(LIBRARY_FOLDERS));
  return inFolder(kind, `library/${folder}/`, more);
}

function inStacks(rest: readonly string[]): Placement {
  const [stack = '', file, ...more] = rest;
  if (file === undefined) return unknown('A stack is a folder with a `stack.yaml` and a `compose.yaml`.');
  if (more.length === 0 && file === 'stack.yaml') return { type: 'document', kind: 'Stack', name: stack };
  if (more.length === 0 && file === 'stack.yml') return unknown('Rename it to `stack.yaml`.');
  if (more.length === 0 && /\.ya?ml$/.test(file)) return { type: 'attachment', stack };
  return unknown("A stack's folder holds `stack.yaml` and the Compose file that it names, and nothing else.");
}

function inFolder(kind: Kind, folder: string, rest: readonly string[]): Placement {
  const [file = '', ...more] = rest;
  if (more.length > 0)
    return unknown(`The files of \`${folder}\` lie right in it, not in folders of their own.`);
  const name = stem(file);
  if (name === null) {
    return unknown(
      file.endsWith('.yml')
        ? `Rename it to \`${file.replace(/\.yml$/, '.yaml')}\`.`
        : `\`${folder}\` holds one YAML file (\`<name>.yaml\`) a ${kind}; rename it or move it away.`,
    );
  }
  return { type: 'document', kind, name };
}

/** The name in `<name>.yaml`; null for any other file. */
function stem(file: string): string | null {
  return file.length > '.yaml'.length && file.endsWith('.yaml') ? file.slice(0, -'.yaml'.length) : null;
}

function meantFile(file: string, known: readonly string[]): string | null {
  const meant = closest(file, known);
  return meant === null ? null : `Tenantry does not read it; did you mean \`${meant}\`?`;
}

function unknownFolder(parent: string, folder: string, known: readonly string[]): Placement {
  const meant = closest(folder, known);
  const list = known.map((name) => `\`${name}/\``).join(', ');
  return unknown(
    meant === null
      ? `\`${parent}/\` holds ${list}; move the file there or remove it.`
      : `Tenantry reads no folder \`${folder}/\` there; did you mean \`${meant}/\`?`,
  );
}

function unknown(reason: string): Placement {
  return { type: 'unknown', reason };
}

/** The kind whose `kind:` word this is, or null. */
export function kindOf(word: unknown): Kind | null {
  return kindNames.find((kind) => kind === word) ?? null;
}

/** `tenants/<tenant>/tenant.yaml`, for sentences: where documents of a kind lie. */
export function homeOf(kind: Kind): string {
  return kinds[kind].paths.map((path) => `\`${path}\``).join(' or ');
}
