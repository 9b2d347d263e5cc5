import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { WebOptions } from '../../../web/options.ts';
import type { RunningWeb } from '../../../web/start.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { branchOption, parsePeriod, parsePort } from '../options.ts';

interface CommandOptions {
  readonly repo?: string;
  readonly branch: string;
  readonly dataDir: string;
  readonly platform: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly signingKey?: string;
  readonly githubRepository?: string;
  readonly githubApi?: string;
  readonly trustProxy: readonly string[];
  readonly ownersUseGit?: boolean;
  readonly poll?: number;
  readonly logLevel: string;
}

export function defineWeb(command: Command, context: CommandContext): void {
  command
    .description(
      'Serves the page and the API, and what nodes link to. It only commits and displays: it cannot reach Docker. Without ' +
        '--repo it serves the desired-state repository itself, at /git/platform.git. Secrets come from the environment: ' +
        'DATABASE_URL (else an embedded store), TENANTRY_GIT_TOKEN, GITHUB_TOKEN, TENANTRY_METRICS_TOKEN, ' +
        'TENANTRY_WEBHOOK_GITHUB, TENANTRY_WEBHOOK_GITLAB and TENANTRY_WEBHOOK_PLAIN.',
    )
    .addOption(
      new Option('--repo <url|dir>', 'desired-state repository at a Git host (default: its own)').env(
        'TENANTRY_REPO',
      ),
    )
    .addOption(branchOption())
    .addOption(
      new Option('--data-dir <dir>', 'what the control node keeps')
        .env('TENANTRY_WEB_DATA_DIR')
        .default('/var/lib/tenantry-web'),
    )
    .addOption(
      new Option('--platform <name>', 'name of the installation, when it begins its own repository')
        .argParser(parseName)
        .default('platform'),
    )
    .addOption(new Option('--host <address>', 'address to listen on').default('127.0.0.1'))
    .addOption(
      new Option('--port <port>', 'port to listen on; 0 takes any free one')
        .env('TENANTRY_WEB_PORT')
        .argParser(parsePort)
        .default(8080),
    )
    .addOption(
      new Option('--public-url <url>', 'where people reach it, through an ingress that ends TLS')
        .env('TENANTRY_PUBLIC_URL')
        .argParser(parseOrigin),
    )
    .addOption(new Option('--signing-key <file>', 'ssh private key that commits are signed with'))
    .addOption(
      new Option('--github-repository <owner/name>', 'open pull requests there for what is proposed')
        .env('TENANTRY_GITHUB_REPOSITORY')
        .argParser(parseGithub),
    )
    .addOption(new Option('--github-api <url>', 'API of an own GitHub installation'))
    .addOption(
      new Option('--trust-proxy <address>', 'proxy whose X-Forwarded-For is believed; may be repeated')
        .argParser((value: string, all: readonly string[]) => [...all, value])
        .default([]),
    )
    .addOption(
      new Option('--owners-use-git', 'let owners of tenants clone: they then see the files of all tenants'),
    )
    .addOption(
      new Option('--poll <seconds>', 'how often Git is asked when nobody tells').argParser(parsePeriod),
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(async (options: CommandOptions) => web(context, options));
  addExamples(command, [
    ['tenantry web --data-dir ./control', 'on this machine, with its own repository and store'],
    [
      'DATABASE_URL=postgres://… tenantry web --public-url https://control.example.com --trust-proxy 127.0.0.1',
      'as a service behind an ingress',
    ],
    ['tenantry web --repo https://git.example.com/platform.git', 'a repository at a Git host'],
  ]);
}

async function web(context: CommandContext, options: CommandOptions): Promise<void> {
  const setup = webOptions(context, options);
  // The server and what it is made of are loaded for this command alone.
  const { startWeb } = await import('../../../web/start.ts');
  const { webLog } = await import('../../../web/http/log.ts');
  const { buildPage } = await import('../../../web/ui/build.ts');
  const running = await startWeb({
    ...setup,
    page: await buildPage(),
    log: webLog(context.stderr, options.logLevel),
  });
  try {
    context.print(...greeting(running));
    await ended(context.signal);
  } finally {
    await running.close();
  }
}

function webOptions({ env, cwd }: CommandContext, options: CommandOptions): Omit<WebOptions, 'page' | 'log'> {
  return {
    dataDir: resolve(cwd, options.dataDir),
    repo: options.repo ?? null,
    branch: options.branch,
    platform: options.platform,
    host: options.host,
    port: options.port,
    publicUrl: options.publicUrl ?? null,
    databaseUrl: set(env['DATABASE_URL']),
    signingKey: options.signingKey === undefined ? null : resolve(cwd, options.signingKey),
    github: githubOf(env, options),
    webhooks: {
      ...secretOf('github', env['TENANTRY_WEBHOOK_GITHUB']),
      ...secretOf('gitlab', env['TENANTRY_WEBHOOK_GITLAB']),
      ...secretOf('plain', env['TENANTRY_WEBHOOK_PLAIN']),
    },
    trustedProxies: options.trustProxy,
    metricsToken: set(env['TENANTRY_METRICS_TOKEN']),
    ownersUseGit: options.ownersUseGit === true,
    ...(options.poll === undefined ? {} : { pollMs: options.poll }),
    environment: env,
  };
}

function githubOf(env: CommandContext['env'], options: CommandOptions): WebOptions['github'] {
  const { githubRepository: repository, githubApi: baseUrl } = options;
  if (repository === undefined) return null;
  const token = set(env['GITHUB_TOKEN']);
  if (token === null)
    throw new UsageError(
      '--github-repository needs GITHUB_TOKEN, a token that may write pull requests there.',
    );
  return { repository, token, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

/** An empty secret is kept: it is refused at the start, instead of turning off what somebody meant to turn on. */
function secretOf(sender: string, secret: string | undefined): Record<string, string> {
  return secret === undefined ? {} : { [sender]: secret };
}

const set = (value: string | undefined): string | null =>
  value === undefined || value === '' ? null : value;

function greeting({ url, cloneUrl, setupToken, store }: RunningWeb): string[] {
  const lines = [`The control node is at ${url}`];
  if (cloneUrl !== null) lines.push(`Its repository: git clone ${cloneUrl}`);
  if (store === 'embedded')
    lines.push('Its store is embedded in the data folder; DATABASE_URL names a Postgres.');
  // Behind the #, which no browser sends and no log sees.
  if (setupToken !== null)
    lines.push(
      '',
      'The first administrator signs up here, within a day:',
      `  ${url}/sign-up#invitation=${setupToken}`,
    );
  return lines;
}

/** Resolves when the process is asked to end. */
function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function parseName(text: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a lower-case name, such as "acme-hosting".');
}

function parseGithub(text: string): string {
  if (/^[\w.-]+\/[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be OWNER/NAME.');
}

/** An address without a path. @throws InvalidArgumentError */
function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('It must be an address such as https://control.example.com.');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError(
      'It must have no path: the page and the API are at the root of their host.',
    );
  const local = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  if (url.protocol === 'http:' && !local)
    throw new InvalidArgumentError(
      'It must begin with https://: browsers keep the sign-in for safe places alone.',
    );
  return url.origin;
}
