import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GitTokens, GitTokenView } from '../../../api/models/git-token.ts';
import { announce } from '../../app/announcer.tsx';
import { change } from '../../data/http.ts';
import { gitTokensQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { EndDialog } from '../../parts/end-dialog.tsx';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';

/** Tokens that hold, each with its use and the way to end it. */
export function TokenList({ tokens }: { readonly tokens: GitTokens['tokens'] }) {
  const [ending, setEnding] = useState<GitTokenView | null>(null);
  return (
    <>
      {tokens.length === 0 && (
        <Empty title="None yet">Make one for each machine that clones or pushes.</Empty>
      )}
      <ul className="divide-y divide-line">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm">
            <span className="min-w-0 flex-1 basis-40 font-medium">{token.name}</span>
            <span className="w-24 shrink-0 text-dim">
              {token.scopes.includes('push') ? 'read and push' : 'read'}
            </span>
            <span className="min-w-0 flex-1 basis-40 text-xs text-dim md:flex-none md:basis-56">
              {token.lastUsedAt === null ? (
                'never used'
              ) : (
                <>
                  used <Ago at={token.lastUsedAt} />
                </>
              )}
              {token.expiresAt !== null && (
                <>
                  , ends <Ago at={token.expiresAt} />
                </>
              )}
            </span>
            <Button small onClick={() => setEnding(token)} aria-label={`Revoke ${token.name}`}>
              Revoke
            </Button>
          </li>
        ))}
      </ul>
      {ending !== null && <RevokeDialog token={ending} onClose={() => setEnding(null)} />}
    </>
  );
}

function RevokeDialog({ token, onClose }: { readonly token: GitTokenView; readonly onClose: () => void }) {
  const client = useQueryClient();
  const revoking = useMutation({
    mutationFn: () => change('DELETE', `/v1/git-tokens/${encodeURIComponent(token.id)}`),
    onSuccess: async () => {
      announce(`Revoked ${token.name}`);
      await client.invalidateQueries({ queryKey: gitTokensQuery.queryKey });
      onClose();
    },
  });
  return (
    <EndDialog
      title={`Revoke ${token.name}`}
      verb="Revoke token"
      ending={revoking}
      failed="Not revoked"
      onClose={onClose}
    >
      <p>
        Whatever clones or pushes with it is refused from now on. That cannot be undone; a new token can be
        made.
      </p>
    </EndDialog>
  );
}
