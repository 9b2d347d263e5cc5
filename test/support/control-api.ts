import { joinControl } from '../../reconciler/link/join.ts';
import type { SignedIn } from '../../web/api/models/auth.ts';

export const administrator = {
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  password: 'correct horse battery',
};

/** Asks the API as the administrator. @throws Error with the answer when it is refused */
export type AskApi = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** Signs the administrator up, with the token that a control node without accounts says at its start. */
export async function signUpAdministrator(url: string, invitation: string | null): Promise<AskApi> {
  let token: string | null = null;
  const ask: AskApi = async <Answer>(method: string, path: string, body?: unknown) => {
    const reply = await fetch(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  };
  const signed = await ask<SignedIn>('POST', '/v1/auth/signup', {
    ...administrator,
    invitation,
    client: 'program',
  });
  token = signed.tokens?.accessToken ?? null;
  return ask;
}

/** Makes a node's key in its data folder, and enrols it. */
export async function joinNode(ask: AskApi, control: string, node: string, dataDir: string): Promise<void> {
  const { token } = await ask<{ token: string }>('POST', `/v1/nodes/${node}/join-token`, {});
  await joinControl({ control, node, token, dataDir });
}
