import { join, resolve } from 'node:path';
import { gitTokenFor } from '../../reconciler/link/git-token.ts';
import type { Log } from '../../reconciler/log.ts';
import type { ProgressEvent } from '../../reconciler/options.ts';
import { type RunningReconciler, startReconciler } from '../../reconciler/start.ts';
import type { CommandContext } from './context.ts';
import { UsageError } from './errors.ts';
import { dataRoot } from './node-data.ts';
import { repositoryAddress } from './repository.ts';
import { packageVersion } from './version.ts';

/** Options of a command that acts as a node. */
export interface NodeOptions {
  readonly repo?: string;
  readonly branch: string;
  readonly node?: string;
  readonly docker?: string;
  readonly dataDir?: string;
  readonly secretsDir?: string;
}

/** The same with every default filled in; folders are absolute. */
export interface NodeSetup {
  readonly repo: string;
  readonly branch: string;
  readonly node: string;
  readonly docker: string | undefined;
  readonly dataDir: string;
  readonly secretsDir: string;
  /** The Git token of this node's own, where its control node serves the repository. */
  readonly token?: string;
}

/** What differs between the commands that open a reconciler. */
export interface OpenOptions {
  readonly log: Log;
  readonly onEvent: (event: ProgressEvent) => void;
  /** How often Git is asked, in milliseconds. */
  readonly pollMs?: number;
  /** Port on the loopback address for health and metrics. */
  readonly healthPort?: number;
  /** Address of the control node that this one is linked to. */
  readonly control?: string;
  readonly acceptHistory?: string;
  /** The revision to plan instead of the branch's newest: its full id, and the name that it was found by. */
  readonly revision?: { readonly oid: string; readonly name: string };
}

const defaultPollMs = 30_000;
const tickMs = 30_000;

/** @throws UsageError when the node or the repository is not named */
export async function nodeSetup(context: CommandContext, options: NodeOptions): Promise<NodeSetup> {
  const { cwd, env } = context;
  const { node } = options;
  if (node === undefined) throw new UsageError('Which node is this? Name it with --node or TENANTRY_NODE.');
  const dataDir = resolve(cwd, options.dataDir ?? join(dataRoot, node));
  const repo = await repositoryAddress(context, options);
  // What a person sets goes first.
  const token = (env['TENANTRY_GIT_TOKEN'] ?? '') === '' ? await gitTokenFor(dataDir, repo) : null;
  return {
    repo,
    ...(token === null ? {} : { token }),
    branch: options.branch,
    node,
    docker: options.docker,
    dataDir,
    // Below the data folder, so that who names the one agrees on both: containers mount what is there.
    secretsDir: resolve(cwd, options.secretsDir ?? join(dataDir, 'secrets')),
  };
}

/** The one place where the command line opens a reconciler. */
export function openReconciler(
  setup: NodeSetup,
  mode: 'reconcile' | 'plan',
  options: OpenOptions,
): Promise<RunningReconciler> {
  const { repo, branch, node, dataDir, secretsDir, docker, token } = setup;
  return startReconciler(
    {
      repo,
      branch,
      node,
      dataDir,
      secretsDir,
      tickMs,
      pollMs: options.pollMs ?? defaultPollMs,
      log: options.log,
      onEvent: options.onEvent,
      ...(token === undefined ? {} : { token }),
      ...(docker === undefined ? {} : { dockerHost: docker }),
      ...(options.healthPort === undefined ? {} : { healthPort: options.healthPort }),
      ...(options.control === undefined
        ? {}
        : { control: { url: options.control, version: packageVersion() } }),
      ...(options.acceptHistory === undefined ? {} : { acceptHistory: options.acceptHistory }),
      ...(options.revision === undefined ? {} : { revision: options.revision }),
    },
    mode,
  );
}
