/** Many nodes' ends of the link in one process, without reconcilers: started by `fleet.ts`. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { obeyVerbs } from '../../support/child-orders.ts';
import { NodeVoice } from './node-voice.ts';
import { nodeWords } from './node-words.ts';

export interface FleetNode {
  readonly name: string;
  readonly tenants: readonly string[];
  /** With which it joins. */
  readonly token: string;
}

export interface FleetOptions {
  readonly nodes: readonly FleetNode[];
  /** Where they join, and where their links go: there may be a bad network between. */
  readonly control: string;
  readonly link: string;
  /** A folder for each is made in here. */
  readonly dir: string;
  readonly revision: string;
}

/** What the nodes said last of each tenant, and how many outcomes they told. */
export interface FleetSaid {
  readonly since: ReadonlyMap<string, number>;
  readonly outcomes: number;
}

const voices: NodeVoice[] = [];

/** The node whose turn it is. */
function turn(count: number): NodeVoice {
  const voice = voices[count % voices.length];
  if (voice === undefined) throw new Error('no node has joined');
  return voice;
}

const verbs = {
  /** All join, and have everything to tell; none is linked. */
  open: async ({ nodes, control, link, dir, revision }: FleetOptions): Promise<void> => {
    const words = await nodeWords(nodes[0]?.tenants.length ?? 0);
    for (const { name, tenants, token } of nodes) {
      const join_ = { control, link, dataDir: join(dir, name), token };
      const voice = await NodeVoice.join({ node: name, tenants, revision }, words, join_);
      voices.push(voice);
      await voice.tellAll();
    }
  },
  /** All dial at once. */
  dial: async (): Promise<void> => {
    for (const voice of voices) voice.dial();
  },
  /** So many repairs at once, evenly over the nodes. */
  change: async (count: number): Promise<void> => {
    const done = Array.from({ length: count }, (_, index) => turn(index).change());
    await Promise.all(done);
  },
  /** So many repairs a second for so long, evenly over time and nodes. */
  keepChanging: async (perSecond: number, seconds: number): Promise<void> => {
    const began = performance.now();
    for (let count = 0; count < perSecond * seconds; count += 1) {
      const due = began + (count * 1_000) / perSecond - performance.now();
      if (due > 0) await sleep(due);
      await turn(count).change();
    }
  },
  /** Resolves when the control node has taken all. */
  delivered: async (): Promise<void> => {
    await Promise.all(voices.map((voice) => voice.delivered()));
  },
  said: async (): Promise<FleetSaid> => ({
    since: new Map(voices.flatMap(({ since }) => [...since])),
    outcomes: voices.reduce((sum, { outcomes }) => sum + outcomes, 0),
  }),
  close: async (): Promise<void> => {
    await Promise.all(voices.splice(0).map((voice) => voice.close()));
  },
};

obeyVerbs(verbs);
