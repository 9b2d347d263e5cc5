import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from 'react';

const SetupDialog = lazy(async () => ({
  default: (await import('../pages/tenants/setup-dialog.tsx')).SetupDialog,
}));
const AddNodeDialog = lazy(async () => ({
  default: (await import('../pages/nodes/add-node-dialog.tsx')).AddNodeDialog,
}));
const JoinDialog = lazy(async () => ({
  default: (await import('../pages/nodes/join-dialog.tsx')).JoinDialog,
}));

/** What a platform grows by, from wherever one is: a page, the palette, or one another. */
interface Setup {
  readonly tenant: () => void;
  readonly node: () => void;
}

const SetupContext = createContext<Setup | null>(null);

export function useSetup(): Setup {
  const setup = useContext(SetupContext);
  if (setup === null) throw new Error('Tenants and nodes can be set up below <SetupProvider> only.');
  return setup;
}

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
      <Suspense fallback={null}>
        {step?.what === 'tenant' && <SetupDialog onClose={close} />}
        {step?.what === 'node' && (
          <AddNodeDialog onClose={close} onAdded={(node) => setStep({ what: 'join', node })} />
        )}
        {step?.what === 'join' && <JoinDialog node={step.node} onClose={close} />}
      </Suspense>
    </SetupContext>
  );
}
