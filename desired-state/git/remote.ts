import type { RepositoryOptions } from './options.ts';
import { parseRemote, type Remote } from './url.ts';

/** The judged remote of some options, its token from the options or from `TENANTRY_GIT_TOKEN`. */
export function remoteOf(options: RepositoryOptions): Remote {
  const environment = options.environment ?? process.env;
  const token = options.token ?? environment['TENANTRY_GIT_TOKEN'];
  return parseRemote(options.url, { cwd: process.cwd(), ...(token === undefined ? {} : { token }) });
}
