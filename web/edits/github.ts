import type { PullRequest, PullRequests } from './propose.ts';

export interface GitHubOptions {
  /** `owner/name` */
  readonly repository: string;
  /** May write pull requests of that repository, and nothing more. */
  readonly token: string;
  /** Where the API is: `https://api.github.com`, or `https://HOST/api/v3` of an own installation. */
  readonly baseUrl?: string;
  readonly timeoutMs?: number;
}

const API = 'https://api.github.com';
const TIMEOUT_MS = 15_000;
/** Longest answer that is read. */
const MOST = 1024 * 1024;

/** Pull requests through GitHub's REST API, version 2022-11-28. */
export function gitHub(options: GitHubOptions): PullRequests {
  const { repository, token, baseUrl = API, timeoutMs = TIMEOUT_MS } = options;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new Error(`"${repository}" is not a GitHub repository; write it as owner/name.`);
  const url = `${baseUrl.replace(/\/+$/, '')}/repos/${repository}/pulls`;
  return {
    async open({ from, into, title, body }: PullRequest): Promise<string> {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/vnd.github+json',
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'user-agent': 'tenantry',
          'x-github-api-version': '2022-11-28',
        },
        body: JSON.stringify({ title, head: from, base: into, body }),
        // A redirect could lead the token to another host.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer: unknown = parsed(await limited(response));
      const address = textOf(answer, 'html_url');
      if (response.status === 201 && address !== null && isWebAddress(address)) return address;
      throw new Error(refusal(response.status, answer, repository));
    },
  };
}

async function limited(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  const body: AsyncIterable<Uint8Array> | null = response.body;
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST) throw new Error('GitHub answered with more than 1 MiB.');
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function textOf(answer: unknown, name: string): string | null {
  const value: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, name) : null;
  return typeof value === 'string' ? value : null;
}

/** It becomes a link on the page. */
function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}

function refusal(status: number, answer: unknown, repository: string): string {
  const errors: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'errors') : null;
  const details = (Array.isArray(errors) ? errors : [])
    .map((each) => textOf(each, 'message') ?? textOf(each, 'code'))
    .filter((text) => text !== null);
  const said = [textOf(answer, 'message') ?? 'no reason', ...details].join('; ').slice(0, 300);
  const hint =
    status === 401 || status === 403 || status === 404
      ? ` Look at the token: it needs "Pull requests: write" on ${repository}.`
      : '';
  return `GitHub answered ${status} for a pull request of ${repository}: ${said}.${hint}`;
}
