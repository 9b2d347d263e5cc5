import { label } from '../../renderers/labels.ts';
import type { ContainerSpec } from '../../renderers/resource.ts';
import { own } from '../../schemas/own.ts';

/** What is changed in place later on: Docker then shows the new value, and forgets the one that it was made with. */
export function limitsOf(spec: ContainerSpec) {
  const { memoryBytes, memorySwapBytes, nanoCpus, pids, restartPolicy, networks } = spec;
  return { memoryBytes, memorySwapBytes, nanoCpus, pids, restartPolicy, networks };
}

/** The label that keeps it on the container itself. */
export function madeWith(spec: ContainerSpec): Record<string, string> {
  return { [label.madeWith]: JSON.stringify(limitsOf(spec)) };
}

/** The value of a field that a container was made with; undefined when its labels do not tell. */
export function madeWithValue(labels: Readonly<Record<string, string>>, field: string): unknown {
  try {
    const values: unknown = JSON.parse(labels[label.madeWith] ?? 'null');
    return typeof values === 'object' && values !== null
      ? own(values as Record<string, unknown>, field)
      : undefined;
  } catch (error) {
    // Another hand made the container, and the label: it tells nothing.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
