import type { FieldDiff } from './change.ts';

/** What the least action is that mends a field of a container. */
export type Impact = 'update' | 'network' | 'state' | 'replace';

const inPlace: Readonly<Record<string, Impact>> = {
  memoryBytes: 'update',
  memorySwapBytes: 'update',
  nanoCpus: 'update',
  pids: 'update',
  restartPolicy: 'update',
  networks: 'network',
  running: 'state',
};

/** `docker update` for limits and restart policy, connect and disconnect for networks, a new container for the rest. */
export function impactOf(field: FieldDiff): Impact {
  return inPlace[field.path] ?? 'replace';
}
