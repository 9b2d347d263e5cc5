import type { ErrorObject } from 'ajv';
import { patternOf } from './patterns.ts';
import { short } from './short.ts';
import { closest } from './suggest.ts';

/** What the sentences need to know of the document besides the errors. */
export interface ExplainOptions {
  /** How the scalar at a pointer is written in the file. */
  readonly source: (pointer: string) => string | null;
  /** Whether values may be shown in messages: never those of secrets. */
  readonly showValues: boolean;
}

export type Schema = Readonly<Record<string, unknown>>;

/** The sentence of an error that is about a value: what `subject` must be, and how to write it. */
export function sentence(error: ErrorObject, subject: string, options: ExplainOptions): string {
  const { keyword, instancePath, data, schema } = error;
  const params = error.params as Readonly<Record<string, unknown>>;
  const limit = String(params['limit']);
  switch (keyword) {
    case 'type':
      return wrongType(
        subject,
        String(params['type']),
        data,
        shownSource(instancePath, options),
        error.parentSchema,
      );
    case 'const':
      return `${subject} must be \`${String(params['allowedValue'])}\`.`;
    case 'enum':
      return wrongWord(subject, params['allowedValues'], data, options.showValues);
    case 'pattern':
      return `${subject} ${patternOf(String(params['pattern']))?.rule ?? `must match ${String(params['pattern'])}`}.`;
    case 'format':
      return `${subject} must be ${FORMATS[String(params['format'])] ?? `of the format ${String(params['format'])}`}.`;
    case 'minimum':
      return `${subject} must be at least ${limit}.`;
    case 'maximum':
      return `${subject} must be at most ${limit}.`;
    case 'minLength':
      return limit === '1'
        ? `${subject} must not be empty.`
        : `${subject} must have at least ${limit} characters.`;
    case 'maxLength':
      return `${subject} must have at most ${limit} characters; shorten it.`;
    case 'minItems':
    case 'minProperties':
      return `${subject} must have at least ${limit} ${limit === '1' ? 'entry' : 'entries'}.`;
    case 'maxItems':
    case 'maxProperties':
      return `${subject} must have at most ${limit} entries.`;
    case 'uniqueItems':
      return `${subject} holds the entries ${String(params['j'])} and ${String(params['i'])} (counted from 0), which are the same; keep one.`;
    case 'oneOf':
    case 'anyOf':
      return noAlternative(subject, keyword, schema, data);
    case 'not':
      return `${subject} combines fields that exclude each other${excluded(schema)}; keep one.`;
    default:
      return `${subject} ${error.message ?? 'is not valid'}.`;
  }
}

/** `[{required: ['http']}, {required: ['exec']}]`: the fields of which one must be there; null for other schemas. */
export function requiredChoice(schema: unknown): string[] | null {
  if (!Array.isArray(schema)) return null;
  const names = schema.map((branch: Schema) => {
    const required: unknown = branch['required'];
    return Array.isArray(required) && required.length === 1 ? String(required[0]) : null;
  });
  return names.every((name) => name !== null) ? names : null;
}

const FORMATS: Readonly<Record<string, string | undefined>> = {
  email: 'an e-mail address, as in `ops@example.com`',
};

const TYPES: Readonly<Record<string, string | undefined>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: '`true` or `false`',
  array: 'a list (`- item` lines, or `[a, b]`)',
  object: 'a map of fields (`name: value` lines)',
  null: 'empty',
};

/** `source` is how a scalar is written in the file; null when it must not be shown. */
function wrongType(
  subject: string,
  wanted: string,
  data: unknown,
  source: string | null,
  parent: unknown,
): string {
  const must = `${subject} must be ${TYPES[wanted] ?? wanted}`;
  if (data === null) {
    const choices = wordsOf((parent as Schema | undefined)?.['enum']);
    return `${must}, and there is nothing after the colon; write ${choices ?? 'a value'}, or remove the line.`;
  }
  if (wanted === 'string' && (typeof data === 'number' || typeof data === 'boolean')) {
    const kind = typeof data === 'number' ? 'a number' : 'true or false';
    return source === null
      ? `${must}, and without quotes this is read as ${kind}; put it in quotes.`
      : `${must}, and \`${source}\` without quotes is read as ${kind}; write "${source}".`;
  }
  if (wanted === 'boolean' && typeof data === 'string' && /^(?:y|yes|on|n|no|off|true|false)$/i.test(data)) {
    const meant = /^(?:y|yes|on|true)$/i.test(data) ? 'true' : 'false';
    return `${must}, and \`${data}\` is a text in YAML 1.2; write ${meant} without quotes.`;
  }
  if ((wanted === 'number' || wanted === 'integer') && typeof data === 'string' && /^[0-9.]+$/.test(data)) {
    return `${must}; remove the quotes.`;
  }
  if (wanted === 'integer' && typeof data === 'number') return `${must}, without a fraction.`;
  if (wanted === 'array' && (typeof data === 'string' || typeof data === 'number')) {
    return `${must}; write a single entry as a list too.`;
  }
  if (typeof data === 'string' && data.startsWith('version https://git-lfs.github.com/spec/')) {
    return `${must}, and is a pointer of Git LFS, whose content is elsewhere; take the file out of LFS (git lfs untrack) and commit it again.`;
  }
  return `${must}, and is ${found(data)}.`;
}

function found(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  if (typeof data === 'string') return 'a text';
  return typeof data === 'number' ? 'a number' : 'true or false';
}

function wrongWord(subject: string, allowed: unknown, data: unknown, show: boolean): string {
  const words = Array.isArray(allowed) ? allowed.map(String) : [];
  const meant = typeof data === 'string' ? closest(data, words) : null;
  const must = `${subject} must be ${wordsOf(allowed) ?? 'one of the known words'}`;
  if (meant !== null && show)
    return `${must}; did you mean \`${meant}\` instead of \`${short(String(data))}\`?`;
  return show && typeof data === 'string' ? `${must}, and not \`${short(data)}\`.` : `${must}.`;
}

function wordsOf(allowed: unknown): string | null {
  return Array.isArray(allowed) ? listed(allowed.map(String), 'or') : null;
}

function noAlternative(subject: string, keyword: string, schema: unknown, data: unknown): string {
  const names = requiredChoice(schema);
  if (names === null) {
    const branches = Array.isArray(schema) ? schema.map((branch: Schema) => branchName(branch)) : [];
    return `${subject} must be ${branches.join(' or ')}.`;
  }
  const object = typeof data === 'object' && data !== null ? data : {};
  const there = names.filter((name) => Object.hasOwn(object, name));
  if (keyword === 'anyOf') return `${subject} needs ${listed(names, 'or')}; add one of them.`;
  return there.length === 0
    ? `${subject} needs exactly one of ${listed(names, 'and')}; add one.`
    : `${subject} takes only one of ${listed(names, 'and')}; keep one of ${listed(there, 'and')}.`;
}

function branchName(branch: Schema): string {
  const properties = branch['properties'];
  if (typeof properties === 'object' && properties !== null)
    return `a map \`{${Object.keys(properties).join(', ')}}\``;
  return TYPES[String(branch['type'])] ?? String(branch['type']);
}

function excluded(schema: unknown): string {
  const required: unknown = (schema as Schema | undefined)?.['required'];
  return Array.isArray(required) ? ` (${listed(required.map(String), 'and')})` : '';
}

/** The sentence of a required field that is not there. */
export function missingField(pointer: string, name: string, parent: Schema): string {
  const described = describe(parent, name);
  const subject = pointer === '' ? 'The document' : subjectOf(pointer);
  return `${subject} lacks the field \`${name}\`${described === null ? '' : ` (${described})`}; add it.`;
}

/** Fields that people look for and that are left out on purpose. */
const NEVER = new Set(
  `privileged capAdd cap_add capabilities devices deviceRequests hostNetwork hostPID hostIPC
   network_mode networkMode pid pidMode ipc ipcMode userns securityOpt security_opt
   hostPath bind binds driver driverOpts driver_opts sysctls extraHosts extra_hosts`.split(/\s+/),
);

/** The sentence of a field that the schema does not know. */
export function unknownField(pointer: string, name: string, parent: Schema): string {
  const known = fieldsOf(parent);
  const subject = pointer === '' ? 'The document' : subjectOf(pointer);
  const none = `${subject} has no field \`${short(name)}\``;
  const meant = closest(name, known);
  if (NEVER.has(name)) {
    return `${none}: a tenant never gets the rights of its host, so that none can reach another; remove it.`;
  }
  if (meant !== null) return `${none}; did you mean \`${meant}\`?`;
  return `${none}; it takes ${listed(known.map(String), 'and')}.`;
}

function fieldsOf(schema: Schema): string[] {
  const properties = schema['properties'];
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

function describe(schema: Schema, name: string): string | null {
  const properties = schema['properties'] as Readonly<Record<string, Schema | undefined>> | undefined;
  const text = properties?.[name]?.['description'];
  return typeof text === 'string' ? text.replace(/\.$/, '') : null;
}

/** `spec.runtime.env.PORT`, in backticks: the path to a value as people write it. */
export function subjectOf(pointer: string): string {
  if (pointer === '') return 'The document';
  const parts = pointer.slice(1).split('/');
  const path = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).map(short);
  return `\`${path.join('.')}\``;
}

function listed(names: readonly string[], word: 'and' | 'or'): string {
  const quoted = names.map((name) => `\`${name}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${word} ${last}`;
}

function shownSource(pointer: string, options: ExplainOptions): string | null {
  const source = options.showValues ? options.source(pointer) : null;
  return source === null ? null : short(source);
}
