import { classifyPath } from '../../schemas/layout.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { proposal } from './edit.ts';
import { EditError } from './edit-error.ts';

/**
 * Writes the whole text of one document, which may be new.
 * @throws EditError `edit/refused` for a path that holds no document
 */
export function putFile(source: SourceFiles, path: string, text: string): Proposal {
  const { whose, what } = named(path);
  const before = source.read(path);
  return proposal({
    verb: before === null ? 'add-file' : 'write',
    subject: `${whose}: ${before === null ? 'add' : 'edit'} ${what}`,
    body: [`Writes ${path}.`],
    edits: [{ path, before, after: text }],
  });
}

/** Removes one document. @throws EditError `edit/unknown` when it is not there, `edit/refused` for no document */
export function removeFile(source: SourceFiles, path: string): Proposal {
  const { whose, what } = named(path);
  const before = source.read(path);
  if (before === null) throw new EditError('edit/unknown', `There is no ${path} in this revision.`);
  return proposal({
    verb: 'remove-file',
    subject: `${whose}: remove ${what}`,
    body: [`Deletes ${path}.`],
    edits: [{ path, before, after: null }],
  });
}

/** Several documents at once; null removes one. @throws EditError as `putFile` */
export function putFiles(
  source: SourceFiles,
  files: readonly { readonly path: string; readonly after: string | null }[],
): Proposal {
  const [only] = files;
  if (files.length === 1 && only !== undefined) {
    return only.after === null ? removeFile(source, only.path) : putFile(source, only.path, only.after);
  }
  for (const { path } of files) named(path);
  return proposal({
    verb: 'write',
    subject: `Edit ${files.length} files`,
    body: files.map(({ path, after }) => `${after === null ? 'Deletes' : 'Writes'} ${path}.`),
    edits: files.map(({ path, after }) => ({ path, before: source.read(path), after })),
  });
}

/** Whose document it is and what it is, for a subject: `acme`, `the prompt greeting`. */
function named(path: string): { readonly whose: string; readonly what: string } {
  const place = classifyPath(path);
  if (place.type !== 'document') {
    const reason = place.type === 'unknown' ? ` ${place.reason}` : '';
    throw new EditError('edit/refused', `${path} is not the place of a document.${reason}`);
  }
  const kind = place.kind.toLowerCase();
  if (place.kind === 'Tenant') return { whose: place.name ?? path, what: 'the configuration' };
  if (place.kind === 'Platform') return { whose: 'tenantry.yaml', what: 'the platform' };
  const whose = place.tenant ?? (path.startsWith('library/') ? 'library' : kind);
  return { whose, what: place.kind === 'Secrets' ? 'the secrets' : `the ${kind} ${place.name ?? ''}`.trim() };
}
