import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../schemas/quantity.ts';

/** Options that several commands share, each with one name, one help text and one environment variable. */

export interface RepositoryOptions {
  readonly repo?: string;
  readonly branch: string;
}

export function repoOption(): Option {
  return new Option(
    '--repo <url|dir>',
    'desired-state repository (default: the Git repository around the current folder)',
  ).env('TENANTRY_REPO');
}

export function branchOption(): Option {
  return new Option('--branch <name>', 'branch to follow').env('TENANTRY_BRANCH').default('main');
}

export function nodeOption(): Option {
  return new Option('--node <node>', 'node, by the name of its file in nodes/').env('TENANTRY_NODE');
}

export function controlOption(): Option {
  return new Option('--control <url>', 'control node: https://control.example.com')
    .env('TENANTRY_CONTROL')
    .argParser(parseControl);
}

/** @throws InvalidArgumentError */
function parseControl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError('It must be an address: https://control.example.com.');
  // Its key is no secret to others, but what is told of tenants is.
  if (url.protocol === 'http:' && !/^(localhost|127\..*|\[::1\])$/.test(url.hostname))
    throw new InvalidArgumentError(
      'What a node tells is for the control node alone: the address must be https.',
    );
  return url.origin;
}

export function dockerOption(): Option {
  return new Option('--docker <host>', 'Docker Engine: unix:///path or tcp://host:port').env('DOCKER_HOST');
}

export function dataDirOption(): Option {
  return new Option('--data-dir <dir>', 'what the node keeps (default: /var/lib/tenantry/<node>)').env(
    'TENANTRY_DATA_DIR',
  );
}

export function secretsDirOption(): Option {
  return new Option(
    '--secrets-dir <dir>',
    'where the tmpfs for decrypted secrets is mounted (default: secrets in the data folder)',
  ).env('TENANTRY_SECRETS_DIR');
}

/** @param others formats beside `text`, which is the default */
export function formatOption(...others: readonly string[]): Option {
  return new Option('--format <format>', 'how to print').choices(['text', ...others]).default('text');
}

/** A time such as `30s` or `2m`, or plain seconds. @throws InvalidArgumentError for anything else, and for nothing */
export function parsePeriod(text: string): number {
  const ms = /^\d{1,6}$/.test(text) ? Number(text) * 1_000 : duration(text);
  if (ms < 1_000) throw new InvalidArgumentError('It must be at least one second.');
  return ms;
}

/** A whole number from 0. @throws InvalidArgumentError */
export function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A TCP port, 0 included. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('It must be a port: 0 to 65535.');
  return Number(text);
}

function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}
