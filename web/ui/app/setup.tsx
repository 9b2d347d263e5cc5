import { type ReactNode, useMemo, useState } from 'react';
import { Dialog } from '../parts/dialog.tsx';
import { lazyPart } from '../parts/lazy-part.tsx';
import { Waiting } from '../parts/states.tsx';
import { type Setup, SetupContext } from './setup-context.ts';

interface Closable {
  readonly onClose: () => void;
}

const waiting = () => <Waiting label="Loading" />;
const around =
  (title: string) =>
  (inside: ReactNode, { onClose }: Closable) => (
    <Dialog title={title} onClose={onClose}>
      {inside}
    </Dialog>
  );

const SetupDialog = lazyPart<Closable>({
  load: async () => (await import('../pages/tenants/setup-dialog.tsx')).SetupDialog,
  waiting,
  around: around('Set up tenant'),
});
const AddNodeDialog = lazyPart<Closable & { readonly onAdded: (node: string) => void }>({
  load: async () => (await import('../pages/nodes/add-node-dialog.tsx')).AddNodeDialog,
  waiting,
  around: around('Add node'),
});
const JoinDialog = lazyPart<Closable & { readonly node: string }>({
  load: async () => (await import('../pages/nodes/join-dialog.tsx')).JoinDialog,
  waiting,
  around: around('Join'),
});

type Step =
  | { readonly what: 'tenant' }
  | { readonly what: 'node' }
  | { readonly what: 'join'; readonly node: string };

/** Asks for what a new tenant or node needs. A node's file is committed first; then its machine can join. */
export function SetupProvider({ children }: { readonly children: ReactNode }) {
  const [step, setStep] = useState<Step | null>(null);
  const setup = useMemo<Setup>(
    () => ({ tenant: () => setStep({ what: 'tenant' }), node: () => setStep({ what: 'node' }) }),
    [],
  );
  const close = () => setStep(null);
  return (
    <SetupContext value={setup}>
      {children}
      {step?.what === 'tenant' && <SetupDialog onClose={close} />}
      {step?.what === 'node' && (
        <AddNodeDialog onClose={close} onAdded={(node) => setStep({ what: 'join', node })} />
      )}
      {step?.what === 'join' && <JoinDialog node={step.node} onClose={close} />}
    </SetupContext>
  );
}
