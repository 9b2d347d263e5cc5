import { createContext, useContext } from 'react';

/** What a platform grows by, from wherever one is: a page, the palette, or one another. */
export interface Setup {
  readonly tenant: () => void;
  readonly node: () => void;
}

export const SetupContext = createContext<Setup | null>(null);

export function useSetup(): Setup {
  const setup = useContext(SetupContext);
  if (setup === null) throw new Error('Tenants and nodes can be set up below <SetupProvider> only.');
  return setup;
}
