import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nullIfMissing } from '../../reconciler/adapters/files-digest.ts';
import { openState } from '../../reconciler/adapters/state.ts';
import type { TenantResult } from '../../reconciler/apply/run.ts';
import { historyLog, readStatus as readStored } from '../../reconciler/report/file-sink.ts';
import type { NodeStatus } from '../../reconciler/report/status.ts';
import type { CommandContext } from './context.ts';
import { demoDataDir } from './demo/names.ts';
import { CommandError, UsageError } from './errors.ts';

/** Nodes keep their data in folders of their names below this one. */
export const dataRoot = '/var/lib/tenantry';

export interface NodeDataOptions {
  readonly node?: string;
  readonly dataDir?: string;
}

/**
 * The data folder that a command reads: the one that was named, else the node's, else the only one on this machine
 * (the demo's counts).
 */
export async function findDataDir(context: CommandContext, options: NodeDataOptions): Promise<string> {
  if (options.dataDir !== undefined) return resolve(context.cwd, options.dataDir);
  if (options.node !== undefined) return join(dataRoot, options.node);
  const nodes = (await readdir(dataRoot, { withFileTypes: true }).catch(nullIfMissing)) ?? [];
  const found = nodes.filter((entry) => entry.isDirectory()).map(({ name }) => join(dataRoot, name));
  if ((await stat(demoDataDir).catch(nullIfMissing)) !== null) found.push(demoDataDir);
  const [only, ...more] = found;
  if (only !== undefined && more.length === 0) return only;
  const which =
    only === undefined
      ? 'No node keeps data on this machine.'
      : `Which node? There is data of several: ${found.join(', ')}.`;
  throw new UsageError(`${which} Name one with --node, --data-dir or TENANTRY_DATA_DIR.`);
}

/** The status that a node wrote last. @throws CommandError when there is none */
export async function readStatus(dataDir: string): Promise<NodeStatus> {
  const status = await readStored(stateOf(dataDir));
  if (status !== null) return status;
  throw new CommandError(
    `There is no status in ${dataDir}: no reconciler has run there yet. \`tenantry reconcile\` writes it.`,
  );
}

/** What the node did, oldest first. */
export async function readOutcomes(dataDir: string): Promise<readonly TenantResult[]> {
  return (await stateOf(dataDir).readLog(historyLog)).filter(isTenantResult);
}

/**
 * Whether the process that wrote a status still runs. Another program may have its number by now, so that its command
 * line is looked at as well.
 */
export async function isAlive(status: NodeStatus): Promise<boolean> {
  if (status.pid === null) return false;
  const commandLine = await readFile(`/proc/${status.pid}/cmdline`, 'utf8').catch(goneToNull);
  return commandLine !== null && /tenantry|cli\/main\.ts/.test(commandLine);
}

/** A process can end between two looks: then reading about it fails with ESRCH. */
function goneToNull(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return null;
  return nullIfMissing(error);
}

function stateOf(dataDir: string) {
  return openState(join(dataDir, 'state'), ({ path, reason }) => {
    throw new CommandError(
      `A state file was damaged (${reason}) and is now ${path}; the reconciler writes a new one.`,
    );
  });
}

/** What is read was written by this program: looking at what tells the forms apart is enough. */
function isTenantResult(value: unknown): value is TenantResult {
  return (
    typeof value === 'object' && value !== null && 'tenant' in value && 'outcome' in value && 'steps' in value
  );
}
