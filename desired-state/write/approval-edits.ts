import { isDeepStrictEqual } from 'node:util';
import type { RemovalApproval } from '../model.ts';
import type { Proposal, SourceFiles } from './edit.ts';
import { editFile, nodeFile, proposal, valueOf } from './edit.ts';
import { insertItem } from './edit-yaml.ts';
import { valueAt } from './json-value.ts';

/**
 * Approves one held mass removal: exactly these tenants, as they were gone at exactly this revision. Nothing to do
 * when the same approval is there already.
 * @throws EditError `edit/unknown`, `edit/unreadable`
 */
export function approveRemoval(source: SourceFiles, approval: RemovalApproval): Proposal {
  const { node, revision, by, reason } = approval;
  const remove = [...approval.remove].sort();
  nodeFile(source, node);
  const entry = { node, revision, remove, by, reason };
  const path = 'tenantry.yaml';
  const approvals = valueAt(valueOf(source, path), ['spec', 'approvals']);
  const there = Array.isArray(approvals) && approvals.some((other) => isDeepStrictEqual(other, entry));
  return proposal({
    verb: 'approve',
    subject: `${node}: approve the removal of ${remove.length === 1 ? remove[0] : `${remove.length} tenants`}`,
    body: [
      `${by} approves that ${remove.join(', ')} go from ${node}, gone since ${revision}.`,
      `Reason: ${reason}.`,
    ],
    edits: [editFile(source, path, (text) => (there ? text : insertItem(text, '/spec/approvals', entry)))],
  });
}
