import { link } from '../../schemas/link/messages.ts';
import { ReconcilerError } from '../errors.ts';
import { storeGitToken } from './git-token.ts';
import { makeLinkKey } from './link-key.ts';

export interface JoinOptions {
  /** Address of the control node: `https://control.example.com`. */
  readonly control: string;
  readonly node: string;
  /** One-time token that the control node gave out for this node. */
  readonly token: string;
  readonly dataDir: string;
}

const deadlineMs = 15_000;

/**
 * Makes the node's key, if it has none, and exchanges the token for its enrolment, and for a Git token where the control
 * node serves the repository itself. The same again is fine, also when the answer to the first time was lost.
 *
 * @returns whether the node has a Git token now
 * @throws ReconcilerError `link/unreachable`, `link/refused`
 */
export async function joinControl({
  control,
  node,
  token,
  dataDir,
}: JoinOptions): Promise<{ readonly readsGit: boolean }> {
  const key = await makeLinkKey(dataDir, node);
  const url = new URL(link.enrolPath, control);
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, node, publicKey: key.publicKey, proof: await key.token(Date.now()) }),
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  }).catch((cause: unknown) => {
    const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new ReconcilerError('link/unreachable', `${url.origin} cannot be reached: ${why}`, {
      retry: 'backoff',
      cause,
    });
  });
  if (reply.ok) {
    const gitToken = await gitTokenIn(reply);
    await storeGitToken(dataDir, control, gitToken);
    return { readsGit: gitToken !== null };
  }
  const message = `${url.origin} does not take ${node}: ${await reasonOf(reply)}`;
  throw new ReconcilerError('link/refused', message, { retry: 'never' });
}

async function gitTokenIn(reply: Response): Promise<string | null> {
  const answer: unknown = await reply.json();
  const found =
    typeof answer === 'object' && answer !== null && 'gitToken' in answer ? answer.gitToken : null;
  return typeof found === 'string' ? found : null;
}

async function reasonOf(reply: Response): Promise<string> {
  const text = (await reply.text().catch(() => '')).slice(0, 4_096);
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem === 'object' && problem !== null && 'detail' in problem) return String(problem.detail);
  } catch {
    // Something else than the control node has answered; its status says as much as there is to say.
  }
  return `HTTP ${reply.status}`;
}
