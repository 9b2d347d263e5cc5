import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, proposal, tenantFile, valueOf } from './edit.ts';
import { EditError } from './edit-error.ts';
import { deleteValue, setScalar, setValue } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

/** Starts or stops the runtime for good, until the next such edit. @throws EditError `edit/unknown`, `edit/unreadable` */
export function setState(source: SourceFiles, tenant: string, state: 'running' | 'stopped'): Proposal {
  const verb = state === 'running' ? 'start' : 'stop';
  return proposal({
    verb,
    subject: `${tenant}: ${verb} the runtime`,
    body: [`spec.runtime.state is now ${state}.`],
    edits: [
      editFile(source, tenantFile(source, tenant), (text) => setScalar(text, '/spec/runtime/state', state)),
    ],
  });
}

/**
 * Restarts the runtime once, by a token that it did not have before.
 * @param now becomes the token, so that the history says when
 */
export function restart(source: SourceFiles, tenant: string, now: Date): Proposal {
  const path = tenantFile(source, tenant);
  const old = valueAt(valueOf(source, path), ['spec', 'runtime', 'restart']);
  // Two restarts in one millisecond are two restarts.
  const token = old === now.toISOString() ? `${now.toISOString()}+1` : now.toISOString();
  return proposal({
    verb: 'restart',
    subject: `${tenant}: restart the runtime`,
    body: [`spec.runtime.restart is now ${token}; the runtime restarts once.`],
    edits: [editFile(source, path, (text) => setScalar(text, '/spec/runtime/restart', token))],
  });
}

/** Leaves everything of a tenant alone until a moment. @throws EditError `edit/refused` when the moment is not ahead */
export function suspend(
  source: SourceFiles,
  tenant: string,
  until: { readonly until: Date; readonly reason: string; readonly owner: string },
  now: Date,
): Proposal {
  if (!(until.until.getTime() > now.getTime())) {
    throw new EditError('edit/refused', 'The end of a suspension must lie ahead.');
  }
  const end = until.until.toISOString().replace(/\.000Z$/, 'Z');
  const { reason, owner } = until;
  return proposal({
    verb: 'suspend',
    subject: `${tenant}: suspend until ${end}`,
    body: [
      `Until then nothing of the tenant is changed on its node. Reason: ${reason}. Asked for by ${owner}.`,
    ],
    edits: [
      editFile(source, tenantFile(source, tenant), (text) =>
        setValue(text, '/spec/suspend', { until: end, reason, owner }),
      ),
    ],
  });
}

/** Ends a suspension before its time; nothing to do when there is none. */
export function resume(source: SourceFiles, tenant: string): Proposal {
  return proposal({
    verb: 'resume',
    subject: `${tenant}: end the suspension`,
    body: ['The tenant is reconciled again.'],
    edits: [editFile(source, tenantFile(source, tenant), (text) => deleteValue(text, '/spec/suspend'))],
  });
}

/** Removes a tenant's whole folder. Its volumes stay on the node, as always. */
export function removeTenant(source: SourceFiles, tenant: string): Proposal {
  tenantFile(source, tenant);
  const folder = `tenants/${tenant}/`;
  const paths = source.list().filter((path) => path.startsWith(folder));
  return proposal({
    verb: 'remove',
    subject: `${tenant}: remove the tenant`,
    body: [
      `Deletes ${folder} (${paths.length} files). The node removes the container and keeps the volumes.`,
    ],
    edits: paths.map((path) => ({ path, before: source.read(path), after: null })),
    folders: [folder],
  });
}

/**
 * Brings a tenant's folder, secrets included, back to what it was in an earlier revision. What it shares with others
 * (channel, library, node) stays as it is now.
 * @throws EditError `edit/unknown` when that revision had no such tenant
 */
export function rollback(
  source: SourceFiles,
  earlier: { readonly revision: string; readonly files: SourceFiles },
  tenant: string,
): Proposal {
  const folder = `tenants/${tenant}/`;
  const short = earlier.revision.slice(0, 12);
  if (earlier.files.read(`${folder}tenant.yaml`) === null) {
    throw new EditError('edit/unknown', `There was no tenant "${tenant}" in ${short}.`);
  }
  const inFolder = (files: SourceFiles) => files.list().filter((path) => path.startsWith(folder));
  const paths = [...new Set([...inFolder(source), ...inFolder(earlier.files)])].sort();
  return proposal({
    verb: 'rollback',
    subject: `${tenant}: return to ${short}`,
    body: [`Restores ${folder} as it was in ${earlier.revision}.`],
    edits: paths.map((path) => ({ path, before: source.read(path), after: earlier.files.read(path) })),
    folders: [folder],
  });
}
