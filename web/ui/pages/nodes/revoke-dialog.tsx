import { useMutation, useQueryClient } from '@tanstack/react-query';
import { announce } from '../../app/announcer.tsx';
import { change } from '../../data/http.ts';
import { nodeQuery, nodesQuery, overviewQuery } from '../../data/queries.ts';
import { EndDialog } from '../../parts/end-dialog.tsx';

/** Takes a machine that is stolen or given away out: its key, its link and its Git token end at once. */
export function RevokeDialog({ node, onClose }: { readonly node: string; readonly onClose: () => void }) {
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => change('DELETE', `/v1/nodes/${encodeURIComponent(node)}/key`),
    onSuccess: async () => {
      announce(`Revoked the key of ${node}`);
      const read = [nodeQuery(node).queryKey, nodesQuery.queryKey, overviewQuery.queryKey];
      await Promise.all(read.map((queryKey) => client.invalidateQueries({ queryKey })));
      onClose();
    },
  });
  return (
    <EndDialog
      title={`Revoke the key of ${node}`}
      verb="Revoke key"
      ending={revoking}
      failed="Not revoked"
      onClose={onClose}
    >
      <p>
        The machine is cut off at once: it is not heard any more, and it can neither read the repository nor
        be read. Its join tokens end as well. That cannot be undone; a machine joins anew with a new token.
      </p>
      <p className="text-dim">
        What runs on it runs on. Secrets that it has read stay known to it: give them new values. No file
        changes, so this is no commit; it stands in the audit.
      </p>
    </EndDialog>
  );
}
