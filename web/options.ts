import type { Logger } from 'pino';
import type { WebhookSecrets } from './webhooks/secrets.ts';

/** What a control node is started with. */
export interface WebOptions {
  /** All that it keeps: the embedded store and Git server, keys, the mirror. One control node a folder. */
  readonly dataDir: string;
  /** The desired-state repository; null: it serves its own, in the data folder. */
  readonly repo: string | null;
  readonly branch: string;
  /** Name of the installation, for the first commit of its own repository. */
  readonly platform: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where people reach it (`https://control.example.com`), without a path; null: where it listens. */
  readonly publicUrl: string | null;
  /** `postgres://…`; null: an embedded one. */
  readonly databaseUrl: string | null;
  /** Path of an ssh private key that commits are signed with. */
  readonly signingKey: string | null;
  /** For pull requests on GitHub: `owner/name` and a token; where its API is, of an own installation. */
  readonly github: { readonly repository: string; readonly token: string; readonly baseUrl?: string } | null;
  readonly webhooks: WebhookSecrets;
  readonly trustedProxies: readonly string[];
  readonly metricsToken: string | null;
  /** Whether owners of tenants may clone the embedded repository, and so see all tenants' files. */
  readonly ownersUseGit: boolean;
  /** The folder of the built page; null serves none. */
  readonly page: string | null;
  /** Milliseconds between two questions to the repository when nobody tells. */
  readonly pollMs?: number;
  readonly log: Logger;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The options of a control node that listens on the loopback address with a store and a repository of its own; what is
 * given goes before.
 */
export function localWebOptions(
  given: Partial<WebOptions> & Pick<WebOptions, 'dataDir' | 'platform' | 'page' | 'log' | 'environment'>,
): WebOptions {
  return {
    repo: null,
    branch: 'main',
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    databaseUrl: null,
    signingKey: null,
    github: null,
    webhooks: {},
    trustedProxies: [],
    metricsToken: null,
    ownersUseGit: false,
    ...given,
  };
}
