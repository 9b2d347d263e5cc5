import { actsForAll } from '../access/roles.ts';
import { WebError } from '../errors.ts';
import type { GitUser } from './identify.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

/**
 * Whether somebody may fetch from the repository or push to it at all; what of it he may change is judged when it is
 * here. Pure. Null is yes.
 *
 * A repository cannot be read in part. Who owns a tenant and is nothing else would see all others' files, so he is let in
 * only where the platform has said that its owners may.
 */
export function refuseEntry(
  user: GitUser | null,
  service: GitService,
  options: { readonly ownersUseGit: boolean },
): WebError | null {
  if (user === null) {
    const message = 'Give a Git token as the password; the page makes one under your name.';
    return new WebError('auth/required', 401, message, {
      headers: { 'www-authenticate': 'Basic realm="Tenantry", charset="UTF-8"' },
    });
  }
  const scope = service === 'git-receive-pack' ? 'push' : 'read';
  // Who may push has to fetch first.
  const scopes: readonly string[] = user.scopes;
  if (!scopes.includes(scope) && !(scope === 'read' && scopes.includes('push')))
    return forbidden(
      `The token "${user.name}" is for ${user.scopes.join(', ')} alone. Make one that may push.`,
    );
  if (user.kind === 'node') return null;
  const { role, owns, person } = user.caller;
  if (actsForAll(role)) return null;
  if (role === 'viewer' && (scope === 'read' || owns.size > 0)) return null;
  if (role === 'tenant-owner')
    return options.ownersUseGit
      ? null
      : forbidden('The repository holds all tenants; owners of one edit it on the page or by the API.');
  return forbidden(
    role === null
      ? `Nothing is given to ${person.email}: a platform-admin names people in tenantry.yaml under spec.access.`
      : `You are ${role}: you may fetch, not push.`,
  );
}

function forbidden(message: string): WebError {
  return new WebError('access/forbidden', 403, message);
}
