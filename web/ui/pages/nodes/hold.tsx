import { useState } from 'react';
import type { NodeView } from '../../../api/models/platform.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { count } from '../../words/value.ts';

/** What a node holds until somebody approves it in Git, with all tenants by name: an approval is of these alone. */
export function Holds({ node, may }: { readonly node: NodeView; readonly may: boolean }) {
  const edits = useEdits();
  const [approving, setApproving] = useState(false);
  const holds = node.head?.holds ?? [];
  if (holds.length === 0) return null;
  const remove = holds.flatMap(({ tenants }) => tenants);
  return (
    <section
      id="held"
      aria-label="Held"
      className="scroll-mt-4 space-y-2 rounded-md bg-warn-soft px-3 py-2 text-sm"
    >
      {holds.map(({ kind, message }) => (
        <p key={`${kind}:${message}`}>
          <span className="font-medium text-warn">Held: </span>
          {message}
        </p>
      ))}
      <p className="font-mono text-xs">{remove.join(', ')}</p>
      {may ? (
        <Button small onClick={() => setApproving(true)}>
          Approve the removal
        </Button>
      ) : (
        <p className="text-xs text-dim">An operator or a platform administrator may approve it.</p>
      )}
      {approving && (
        <FormDialog
          title={`Approve that ${count(remove.length, 'tenant')} go from ${node.name}`}
          verb="Show the change"
          onClose={() => setApproving(false)}
          onSubmit={({ reason = '' }) => {
            setApproving(false);
            edits.open({
              title: `Approve the removal from ${node.name}`,
              method: 'POST',
              path: `/v1/nodes/${encodeURIComponent(node.name)}/approve`,
              body: { remove, reason },
              base: null,
              verb: 'Commit approval',
              danger: true,
            });
          }}
        >
          <p className="text-sm">
            Their containers and networks are removed. Their volumes stay: no reconcile deletes data. To keep
            the tenants instead, restore their folders in Git.
          </p>
          <p className="font-mono text-xs">{remove.join(', ')}</p>
          <TextField label="Why" name="reason" required maxLength={500} hint="It stands in the history." />
        </FormDialog>
      )}
    </section>
  );
}
