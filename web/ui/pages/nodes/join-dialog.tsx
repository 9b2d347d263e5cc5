import { useMutation } from '@tanstack/react-query';
import { change } from '../../data/http.ts';
import { Button } from '../../parts/button.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Problem } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';

interface JoinToken {
  readonly command: string;
  readonly expires: number;
}

/** Makes a token that one machine can exchange, once, for a key of its own. */
export function JoinDialog({ node, onClose }: { readonly node: string; readonly onClose: () => void }) {
  const making = useMutation({
    mutationFn: () => change<JoinToken>('POST', `/v1/nodes/${encodeURIComponent(node)}/join-token`),
  });
  return (
    <Dialog
      title={`Let a machine join as ${node}`}
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onClose}>
            Close
          </Button>
          {making.data === undefined && (
            <Button look="primary" busy={making.isPending} onClick={() => making.mutate()}>
              Make join token
            </Button>
          )}
        </>
      }
    >
      <div className="space-y-3 text-sm">
        <p>
          The machine makes a key of its own and shows this token once. Nothing connects to the machine: it
          dials out. A machine that has joined under this name before is replaced.
        </p>
        {making.isError && <Problem error={making.error} where="No token was made" />}
        {making.data !== undefined && (
          <>
            <p>Run this on the machine:</p>
            <CommandLine text={making.data.command} label="join command" />
            <p className="text-dim">
              It is shown once and ends <Ago at={making.data.expires} />.
            </p>
          </>
        )}
      </div>
    </Dialog>
  );
}
