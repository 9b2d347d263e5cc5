import type { Readable, Writable } from 'node:stream';
import type { Colours } from './output/colours.ts';

/** What a command knows of the process it runs in; nothing else of the process is touched by commands. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** For standard output. */
  readonly colours: Colours;
  /** Columns to keep within. */
  readonly width: number;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Prints lines on standard output. */
  print(...lines: readonly string[]): void;
  /** Prints lines on standard error: progress and notes that are no data. */
  note(...lines: readonly string[]): void;
  /** Prints a value as JSON on standard output, for other programs. */
  printJson(value: unknown): void;
  /** Ends the process with this code when the command is done: 1 failed or invalid, 2 wrong usage. */
  exitWith(code: number): void;
}
