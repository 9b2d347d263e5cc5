import { EngineDouble } from '../../support/engine-double/double.ts';
import type { ContainerState, HistoryRecord } from '../../support/engine-double/history.ts';
import type { Images } from './site.ts';

/** One thing that happened to a container, whoever asked for it. */
export interface EngineChange {
  /** Milliseconds since the epoch, by the clock of `CallRecord`. */
  readonly at: number;
  /** The engine's word, or `ready` when a container begins to answer. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How it is afterwards; null when it is gone. */
  readonly container: Pick<ContainerState, 'running' | 'healthy' | 'image'> | null;
}

/** An engine that a world runs on. */
export interface TestEngine {
  readonly socket: string;
  readonly host: string;
  /** Whether nobody else uses it: then all that is on it is the world's. */
  readonly own: boolean;
  /** What happened to containers so far, in order. */
  changes(): readonly EngineChange[];
  /** Removes what the world made on it. */
  close(): Promise<void>;
}

/** An engine double: `v1` is on it, the others are in the registry. */
export async function openDouble(images: Images, folder: string): Promise<TestEngine> {
  const double = await EngineDouble.open({ folder });
  const { world } = double.engine;
  double.addImage(images.v1);
  world.registry.add(images.v2).add(images.bad);
  world.unhealthy.add(images.bad);
  return {
    socket: double.socket,
    host: double.host,
    own: true,
    changes: () => double.history.records.flatMap(changeIn),
    close: () => double.close(),
  };
}

function changeIn(record: HistoryRecord): EngineChange[] {
  if (record.kind !== 'change' || record.type !== 'container') return [];
  const { at, action, id, name, attributes: labels, container } = record;
  return [{ at, action, id, name, labels, container }];
}
