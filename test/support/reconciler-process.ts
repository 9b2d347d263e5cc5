import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { engineHost, type SecondEngine } from './engine.ts';
import type { TestHost } from './host.ts';

const commandLine = join(import.meta.dirname, '..', '..', 'deploy', 'cli', 'main.ts');

/** `tenantry reconcile` as a process of its own, as a service manager runs it. */
export interface ReconcilerProcess {
  readonly pid: number | undefined;
  /** Resolves when a line of its log contains `text`; also of a line that came before. @throws when it ends without */
  says(text: string): Promise<void>;
  /** Sends the signal and answers the exit code; null when the signal itself ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Answers the exit code of a process that ends by itself. */
  ended(): Promise<number | null>;
  /** All that it has written so far. */
  output(): string;
}

/**
 * @param options.preload a module that is loaded before the program
 * @param options.engine the engine of that node, from whose network it then runs; by default the one of the tests
 * @param options.more arguments beside those that say where everything is
 */
export function startReconcilerProcess(
  host: TestHost,
  options: {
    readonly preload?: string;
    readonly engine?: Pick<SecondEngine, 'host' | 'nsenter'>;
    readonly more?: readonly string[];
  } = {},
): ReconcilerProcess {
  const { repo, branch, node, dataDir, secretsDir } = host.options();
  const { host: docker, nsenter } = options.engine ?? { host: engineHost(), nsenter: [] };
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  const where = ['--repo', repo, '--branch', branch, '--node', node, '--docker', docker];
  const folders = ['--data-dir', dataDir, '--secrets-dir', secretsDir];
  const command = [...preload, commandLine, 'reconcile', ...where, ...folders, '--format', 'json'];
  const [program = '', ...args] = [...nsenter, process.execPath, ...command, ...(options.more ?? [])];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  const ended = async (): Promise<number | null> => {
    await closed;
    return child.exitCode;
  };
  return {
    pid: child.pid,
    async says(text) {
      if (lines.some((line) => line.includes(text))) return;
      const said = Promise.withResolvers<void>();
      const listener = (line: string) => {
        if (line.includes(text)) said.resolve();
      };
      listeners.add(listener);
      const silent = ended().then(() => {
        throw new Error(`it ended without saying "${text}":\n${lines.join('\n')}`);
      });
      try {
        await Promise.race([said.promise, silent]);
      } finally {
        listeners.delete(listener);
      }
    },
    end(signal) {
      child.kill(signal);
      return ended();
    },
    ended,
    output: () => lines.join('\n'),
  };
}
