import { readFleetFile } from './fleet.ts';

/** Stands in an entry's text right before the place that the finding must name. It is not part of the file. */
export const HERE = '⌖';

/** Who keeps what was in force: the tenant acme, everybody, or nobody (the file concerns no one who runs). */
export type Held = 'acme' | 'everybody' | 'nobody';

export interface Expected {
  readonly code: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** JSON pointer; empty where the file was not read as a document. */
  readonly pointer: string;
}

/** One hostile input: files laid over a healthy repository, and what must come of them. */
export interface HostileInput {
  readonly name: string;
  /** New contents by path; null takes the file away. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** The finding that must be there; more may be. */
  readonly expected: Expected;
  readonly held: Held;
}

/** What an entry says beside its text; whatever is left out is the usual. */
export interface Options {
  /** Of the file that is broken; by default acme's tenant.yaml. */
  readonly path?: string;
  readonly held?: Held;
  /** Line and column, where the text itself cannot hold a mark. */
  readonly at?: readonly [line: number, column: number];
  /** Other files of the same commit. */
  readonly more?: Readonly<Record<string, string | null>>;
}

export const ACME = 'tenants/acme/tenant.yaml';

/** An entry of one broken file. Its text holds the mark where the finding must point, or `options.at` says so. */
export function hostile(
  name: string,
  content: string | Uint8Array,
  code: string,
  pointer = '',
  options: Options = {},
): HostileInput {
  const { path = ACME, held = 'acme', more = {} } = options;
  const {
    content: file,
    line,
    column,
  } = options.at === undefined
    ? unmark(name, content)
    : { content, line: options.at[0], column: options.at[1] };
  return { name, files: { ...more, [path]: file }, expected: { code, path, line, column, pointer }, held };
}

function unmark(name: string, content: string | Uint8Array) {
  const [before, after, ...rest] = typeof content === 'string' ? content.split(HERE) : [];
  if (before === undefined || after === undefined || rest.length > 0)
    throw new Error(`The entry "${name}" must hold the mark ${HERE} once, or say \`at\`.`);
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return { content: before + after, line, column };
}

/** The healthy tenant.yaml of acme with lines added below `spec`, each indented by two spaces already. */
export function acmeWith(lines: string): string {
  return `${readFleetFile(ACME)}${lines}\n`;
}

/** The healthy tenant.yaml of acme with lines added below `spec.runtime`, at four spaces. */
export function runtimeWith(lines: string): string {
  return acmeWith(`  runtime:\n${lines}`);
}
