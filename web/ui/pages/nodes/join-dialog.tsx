import { useMutation } from '@tanstack/react-query';
import { change } from '../../data/http.ts';
import { FormDialog } from '../../parts/form-dialog.tsx';
import { ShownOnce } from '../../parts/shown-once.tsx';
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
  const title = `Let a machine join as ${node}`;
  if (making.data !== undefined) {
    return (
      <ShownOnce
        title={title}
        lines={[{ text: making.data.command, label: 'join command' }]}
        onClose={onClose}
      >
        Run this on the machine. It is shown once and ends <Ago at={making.data.expires} />.
      </ShownOnce>
    );
  }
  return (
    <FormDialog
      title={title}
      verb="Make join token"
      busy={making.isPending}
      onClose={onClose}
      onSubmit={() => making.mutate()}
    >
      <p className="text-sm">
        The machine makes a key of its own and shows this token once. Nothing connects to the machine: it
        dials out. A machine that has joined under this name before is replaced.
      </p>
      {making.isError && <Problem error={making.error} where="No token was made" />}
    </FormDialog>
  );
}
