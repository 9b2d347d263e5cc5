import git from 'isomorphic-git';
import { GitError } from './errors.ts';
import { auth, meansMoved, moved, noBranch, redirected, rejected, unreachable } from './remote-errors.ts';
import type { Remote } from './url.ts';

/** Node's codes of connections that failed or broke. */
const network =
  /^(E(CONN|HOST|NET|AI_|PIPE|TIMEDOUT|PROTO|NOTFOUND)|UND_|ABORT_ERR|HPE_|ERR_(TLS|SSL|STREAM|SOCKET))/;
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/;

/**
 * What a failure of isomorphic-git or of its http client means. Pure.
 * @returns `error` itself when it is a GitError already
 */
export function isomorphicError(error: unknown, remote: Remote, branch: string): GitError {
  if (error instanceof GitError) return error;
  if (error instanceof git.Errors.HttpError) {
    const { statusCode } = error.data;
    if (statusCode === 401 || statusCode === 403) {
      return auth(remote, 'it did not accept the credential; give a token that may read (and write) it');
    }
    if (statusCode === 404) {
      return unreachable(remote, 'there is no repository (or none that the credential may see)', error);
    }
    if (statusCode >= 300 && statusCode < 400) {
      return redirected(remote, error);
    }
    return unreachable(remote, `the server failed with status ${statusCode}`, error);
  }
  if (error instanceof git.Errors.GitPushError) return pushError(error, remote, branch);
  if (error instanceof git.Errors.PushRejectedError) return moved(remote, branch);
  if (error instanceof git.Errors.SmartHttpError || error instanceof git.Errors.EmptyServerResponseError) {
    return unreachable(remote, 'the answer is not one of a Git server', error);
  }
  if (error instanceof git.Errors.NotFoundError) {
    const what = error.data.what;
    if (what === branch || what === `refs/heads/${branch}`) return noBranch(remote, branch);
    return new GitError('git/missing', `${remote.shown} or its mirror lacks ${what}.`, { cause: error });
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = error instanceof Error ? error.message : String(error);
  if (certificate.test(code)) return unreachable(remote, `the TLS certificate is not valid (${code})`, error);
  if (network.test(code) || /^(aborted|no byte came|.* leads to the link-local address)/.test(why)) {
    return unreachable(remote, `no connection, or it broke (${why})`, error);
  }
  return new GitError('git/corrupt', `${remote.shown} could not be taken over: ${why}`, { cause: error });
}

function pushError(
  error: InstanceType<typeof git.Errors.GitPushError>,
  remote: Remote,
  branch: string,
): GitError {
  const reason = error.data.prettyDetails.replace(/^.*?:\s*/s, '').trim();
  return meansMoved(reason) ? moved(remote, branch) : rejected(remote, branch, reason);
}
