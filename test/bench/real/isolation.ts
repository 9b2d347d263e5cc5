import { join } from 'node:path';
import { execa } from 'execa';
import pLimit from 'p-limit';
import type { ContainerRun, RealNode } from './node.ts';

const tryConnect = join(import.meta.dirname, '..', '..', 'support', 'try-connect.mjs');
const port = 8080;

export interface Isolation {
  /** Attempts from one tenant to another, each from the network namespace of a container. */
  readonly pairs: number;
  /** How many of them were answered in any way; a refusal is an answer. */
  readonly reached: number;
  /** How many of those tenants reached themselves: the attempt works. */
  readonly itself: number;
  /** Tenants that the node, where the ingress is, reaches. */
  readonly fromNode: number;
}

/** Attempts connections between random pairs of tenants, and from the node to every tenant. */
export async function tryPairs(node: RealNode, pairs: number): Promise<Isolation> {
  const runs = await node.runs();
  const limit = pLimit(4);
  const tried = await Promise.all(
    Array.from({ length: pairs }, () => limit(() => tryPair(...randomPair(runs)))),
  );
  const targets = runs.map(({ address }) => `${address}:${port}`);
  const fromNode = await attempts(node.engine.nsenter, targets);
  return {
    pairs,
    reached: tried.filter(({ other }) => other !== 'no answer').length,
    itself: tried.filter(({ itself }) => itself === 'connected').length,
    fromNode: [...fromNode.values()].filter((outcome) => outcome === 'connected').length,
  };
}

function randomPair(runs: readonly ContainerRun[]): [ContainerRun, ContainerRun] {
  const from = Math.floor(Math.random() * runs.length);
  const to = (from + 1 + Math.floor(Math.random() * (runs.length - 1))) % runs.length;
  const [one, other] = [runs[from], runs[to]];
  if (one === undefined || other === undefined || one === other)
    throw new Error('a pair needs two containers');
  return [one, other];
}

async function tryPair(
  from: ContainerRun,
  to: ContainerRun,
): Promise<{ readonly itself: string | undefined; readonly other: string | undefined }> {
  const [own, their] = [`${from.address}:${port}`, `${to.address}:${port}`];
  const outcomes = await attempts(['nsenter', '--target', String(from.pid), '--net'], [own, their]);
  return { itself: outcomes.get(own), other: outcomes.get(their) };
}

async function attempts(
  where: readonly string[],
  targets: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const [program = '', ...args] = [...where, process.execPath, tryConnect, ...targets];
  const { stdout } = await execa(program, args);
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, string>));
}
