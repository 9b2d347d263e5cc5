import type { SignedIn } from '../../../web/api/models/auth.ts';
import { CommandError } from '../errors.ts';

/** The few things that the demo asks its control node for, through the API that everybody uses. */
export class ControlClient {
  readonly #url: string;
  #token: string | null = null;

  constructor(url: string) {
    this.#url = url;
  }

  /** @param setupToken null once somebody has signed up */
  async signIn(
    who: { readonly email: string; readonly password: string },
    setupToken: string | null,
  ): Promise<void> {
    const signed = await (setupToken === null
      ? this.#post<SignedIn>('/v1/auth/login', { ...who, client: 'program' })
      : this.#post<SignedIn>('/v1/auth/signup', {
          ...who,
          invitation: setupToken,
          name: 'Tenantry demo',
          client: 'program',
        }));
    this.#token = signed.tokens?.accessToken ?? null;
  }

  /** A token with which a node enrols its key, once. */
  async joinToken(node: string): Promise<string> {
    return (await this.#post<{ token: string }>(`/v1/nodes/${node}/join-token`, {})).token;
  }

  /** A token that git takes for a password. */
  async gitToken(name: string): Promise<string> {
    const made = await this.#post<{ secret: string }>('/v1/git-tokens', { name, scopes: ['read', 'push'] });
    return made.secret;
  }

  async signOut(): Promise<void> {
    await this.#post('/v1/auth/logout', {});
    this.#token = null;
  }

  async #post<Answer>(path: string, body: unknown): Promise<Answer> {
    const reply = await fetch(new URL(path, this.#url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (!reply.ok)
      throw new CommandError(`The control node refuses ${path} (${reply.status}): ${text.slice(0, 500)}`);
    return (text === '' ? null : JSON.parse(text)) as Answer;
  }
}
