import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const commandLine = join(import.meta.dirname, '..', '..', 'deploy', 'cli', 'main.ts');

/** `tenantry …` as a process of its own, as a service manager runs it. */
export interface CliProcess {
  readonly pid: number | undefined;
  /** Resolves with the first line that contains `text`; also with one that came before. @throws when it ends without */
  says(text: string): Promise<string>;
  /** Sends the signal and answers the exit code; null when the signal itself ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
  /** Answers the exit code of a process that ends by itself. */
  ended(): Promise<number | null>;
  /** All that it has written so far. */
  output(): string;
}

export interface CliOptions {
  /** A module that is loaded before the program. */
  readonly preload?: string;
  /** A program that starts it, with its arguments. */
  readonly under?: readonly string[];
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

export function startCli(args: readonly string[], options: CliOptions = {}): CliProcess {
  const { preload, under = [], env = {} } = options;
  const before = preload === undefined ? [] : ['--import', preload];
  const [program = '', ...all] = [...under, process.execPath, ...before, commandLine, ...args];
  const child = spawn(program, all, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
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
      const before = lines.find((line) => line.includes(text));
      if (before !== undefined) return before;
      const said = Promise.withResolvers<string>();
      const listener = (line: string) => {
        if (line.includes(text)) said.resolve(line);
      };
      listeners.add(listener);
      const silent = ended().then(() => {
        throw new Error(`it ended without saying "${text}":\n${lines.join('\n')}`);
      });
      try {
        return await Promise.race([said.promise, silent]);
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
