import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { checkDocument } from './document-checks.ts';
import { explainErrors } from './explain.ts';
import { type AnyDocument, type Documents, type Kind, readSchema } from './kinds.ts';
import { classifyPath, homeOf, kindOf } from './layout.ts';
import { patterns } from './patterns.ts';
import type { Position, Problem } from './problem.ts';
import { readYaml, type YamlFile } from './yaml.ts';

interface Parsed {
  /** Path in the repository. */
  readonly path: string;
  readonly problems: readonly Problem[];
  /** Where the value at a JSON pointer stands; what is not there is found at its nearest parent's key. */
  readonly locate: (pointer: string) => Position;
}

interface ParsedKind<K extends Kind> extends Parsed {
  readonly kind: K;
  /** The name that the path gives; for the platform, the one that the document gives. */
  readonly name: string;
  /** The tenant whose folder the file lies in. */
  readonly tenant?: string;
  /** The document; null as soon as there is an error in it. */
  readonly value: Documents[K] | null;
}

/** A file that is no document of ours: for people, an attachment of a stack, or one that should not be there. */
export interface OtherFile extends Parsed {
  readonly kind: null;
  readonly name: string;
  readonly value: null;
}

/** One file of a revision, read and judged by itself. Narrow by `kind` to know the type of `value`. */
export type ParsedDocument = { [K in Kind]: ParsedKind<K> }[Kind];

/**
 * Reads one file of a desired-state repository: YAML, layout, JSON Schema, and the rules that one document alone can
 * show. All problems are reported, with their positions; nothing is thrown for what a file holds.
 */
export function parseDocument(path: string, bytes: Uint8Array): ParsedDocument | OtherFile {
  const place = classifyPath(path);
  if (place.type === 'document') return parsePlaced(path, bytes, place);
  const problems: Problem[] =
    place.type === 'unknown'
      ? [
          {
            ...at(path, START),
            code: 'layout/unknown-file',
            severity: 'error',
            pointer: '',
            message: place.reason,
          },
        ]
      : [];
  return { path, kind: null, name: path, value: null, problems, locate: () => START };
}

const START: Position = { line: 1, column: 1 };

function at(path: string, position: Position): Pick<Problem, 'path' | 'line' | 'column'> {
  return { path, line: position.line, column: position.column };
}

type Place = Extract<ReturnType<typeof classifyPath>, { type: 'document' }>;

function parsePlaced(path: string, bytes: Uint8Array, place: Place): ParsedDocument {
  const { kind } = place;
  const file = readYaml(bytes);
  const error: MakeError = (code, position, pointer, message) => ({
    ...at(path, position),
    code,
    severity: 'error',
    pointer,
    message,
  });
  const judged = judge(file, place, error);
  const problems = [...pathProblem(place, error), ...judged.problems].toSorted(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const value = problems.length === 0 ? judged.document : null;
  const tenant = place.tenant === undefined ? {} : { tenant: place.tenant };
  const name = place.name ?? judged.document?.metadata.name ?? '';
  // The schema of `kind` has accepted `value`, which is what ties the two together.
  return { path, kind, name, ...tenant, value, problems, locate: file.locate } as ParsedDocument;
}

interface Judged {
  /** What the schema has accepted, with or without other problems. */
  readonly document: AnyDocument | null;
  readonly problems: readonly Problem[];
}

/** From the general to the particular; each step trusts that the ones before it found nothing. */
function judge(file: YamlFile, place: Place, error: MakeError): Judged {
  const { kind } = place;
  if (file.findings.length > 0) {
    const problems = file.findings.map((finding) => error(finding.code, finding, '', finding.message));
    return { document: null, problems };
  }
  const wrongKind = kindProblem(file, kind, error);
  if (wrongKind !== null) return { document: null, problems: [wrongKind] };
  const validate = validator(kind);
  if (!validate(file.value)) {
    const options = { source: file.source, showValues: kind !== 'Secrets' };
    const problems = explainErrors(validate.errors ?? [], options).map(
      ({ code, pointer, atKey, message }) => {
        const position = atKey ? file.locateKey(pointer) : file.locate(pointer);
        return error(code, position, pointer, withCommand(place, pointer, message));
      },
    );
    return { document: null, problems };
  }
  const document = file.value as AnyDocument;
  const checked = checkDocument(kind, document).map(({ code, pointer, message }) =>
    error(code, file.locate(pointer), pointer, message),
  );
  return { document, problems: [...nameProblem(file, document, place, error), ...checked] };
}

function nameProblem(file: YamlFile, document: AnyDocument, place: Place, error: MakeError): Problem[] {
  const { name } = document.metadata;
  if (place.name === null || name === place.name) return [];
  const message = `The name is \`${name}\`, and the path says \`${place.name}\`; make them agree by editing one or renaming the file.`;
  return [error('layout/name', file.locate('/metadata/name'), '/metadata/name', message)];
}

type MakeError = (code: string, position: Position, pointer: string, message: string) => Problem;

/** A path that no document could agree with: its name is no DNS label. */
function pathProblem(place: Place, error: MakeError): Problem[] {
  const names = [place.tenant, place.name].filter((name) => name !== null && name !== undefined);
  const wrong = names.find((name) => !new RegExp(patterns.name.source, 'u').test(name) || name.length > 63);
  if (wrong === undefined) return [];
  const message = `The name \`${wrong.slice(0, 40)}\` in the path ${patterns.name.rule}; rename it.`;
  return [error('layout/path-name', START, '', message)];
}

/** A document of another kind than its place holds would fail in every field: say the one thing that is wrong. */
function kindProblem(file: YamlFile, kind: Kind, error: MakeError): Problem | null {
  const value = file.value;
  if (typeof value !== 'object' || value === null || !('kind' in value)) return null;
  const said = value.kind;
  if (said === kind || typeof said !== 'string') return null;
  const other = kindOf(said);
  const message =
    other === null
      ? `\`kind\` must be \`${kind}\` in this place.`
      : `This is the place of a ${kind}, and the file says \`kind: ${other}\`; correct the kind, or move the file to ${homeOf(other)}.`;
  return error('layout/kind', file.locate('/kind'), '/kind', message);
}

/** Says the whole command where a secret stands in plain text. */
function withCommand(place: Place, pointer: string, message: string): string {
  if (place.kind !== 'Secrets' || !/^\/spec\/values\/[^/]+$/.test(pointer)) return message;
  const name = pointer.slice('/spec/values/'.length);
  return message.replace('`tenantry secret set`', `\`tenantry secret set ${place.name} ${name}\``);
}

const compiled = new Map<Kind, ValidateFunction>();
let ajv: Ajv2020 | null = null;

/** Compiles on first use: a process that reads three kinds pays for three. */
function validator(kind: Kind): ValidateFunction {
  const known = compiled.get(kind);
  if (known !== undefined) return known;
  ajv ??= formats.default(
    new Ajv2020({
      strict: true,
      // Alternatives like "http or exec" require fields that the schema around them defines.
      strictRequired: false,
      allErrors: true,
      verbose: true,
      // The schemas are ours, and a test validates them against the meta-schema.
      validateSchema: false,
      // Compiles in half the time; a process that starts often pays more for that than for a document.
      code: { optimize: false },
    }),
    ['email'],
  );
  const validate = ajv.compile(readSchema(kind));
  compiled.set(kind, validate);
  return validate;
}
