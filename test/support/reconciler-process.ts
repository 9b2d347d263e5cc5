import { type CliProcess, startCli } from './cli-process.ts';
import { engineHost, type SecondEngine } from './engine.ts';
import type { TestHost } from './host.ts';

/**
 * `tenantry reconcile` as a process of its own.
 *
 * @param options.preload a module that is loaded before the program
 * @param options.engine the engine of that node, from whose network it then runs; by default the one of the tests
 * @param options.more arguments beside those that say where everything is
 * @param options.repo by default the host's own repository
 * @param options.env variables beside those of this process
 */
export function startReconcilerProcess(
  host: TestHost,
  options: {
    readonly preload?: string;
    readonly engine?: Pick<SecondEngine, 'host' | 'nsenter'>;
    readonly more?: readonly string[];
    readonly repo?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): CliProcess {
  const { branch, node, dataDir, secretsDir, repo: own } = host.options();
  const { host: docker, nsenter } = options.engine ?? { host: engineHost(), nsenter: [] };
  const { preload, env = {}, repo = own } = options;
  const where = ['--repo', repo, '--branch', branch, '--node', node, '--docker', docker];
  const folders = ['--data-dir', dataDir, '--secrets-dir', secretsDir];
  const command = ['reconcile', ...where, ...folders, '--format', 'json', ...(options.more ?? [])];
  return startCli(command, { under: nsenter, env, ...(preload === undefined ? {} : { preload }) });
}
