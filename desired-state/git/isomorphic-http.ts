import { lookup } from 'node:dns';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { GitHttpRequest, GitHttpResponse, HttpClient } from 'isomorphic-git';
import { GitError } from './errors.ts';
import { shallowCommits, withHead } from './isomorphic-head.ts';
import { IN_MEMORY } from './limits.ts';
import { scanPack } from './pack-scan.ts';
import { packOf } from './side-band.ts';
import { basic, type Credential, isLinkLocal } from './url.ts';

/** Milliseconds without a byte after which a transfer counts as stalled; the counterpart of `http.lowSpeedTime`. */
const IDLE_TIMEOUT = 30_000;

interface Answer {
  readonly response: IncomingMessage;
  readonly content: Buffer;
}

/**
 * The http client that isomorphic-git is given: no redirects (one could lead the credential to another host), an
 * idle deadline, abort, no connection to a link-local address, also when a name leads there, and no answer that is
 * larger than allowed or that holds a pack which may not be opened.
 *
 * The agents keep no connection: a kept one, closed by the server at the same moment as it is used again, broke
 * clones.
 */
export class GitHttp {
  readonly #credential: Credential | null;
  readonly #packBytes: number;
  readonly #branch: string;
  readonly #http = new HttpAgent({ keepAlive: false });
  readonly #https = new HttpsAgent({ keepAlive: false });
  /** Where the history of the server begins in the middle, as it said last. */
  shallow: readonly string[] = [];

  /** @param fetchBytes bytes that an answer with a pack may have, where that is less than memory allows */
  constructor(credential: Credential | null, fetchBytes: number, branch: string) {
    this.#credential = credential;
    this.#branch = branch;
    this.#packBytes = Math.min(fetchBytes, IN_MEMORY.packBytes);
  }

  /** A client for one operation. isomorphic-git hands no signal on, so the client holds it. */
  client(signal: AbortSignal | undefined): HttpClient {
    return { request: (request) => this.#request(request, signal) };
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #request(request: GitHttpRequest, signal: AbortSignal | undefined): Promise<GitHttpResponse> {
    const url = new URL(request.url);
    const body = await collect(request.body);
    const secure = url.protocol === 'https:';
    const maxBytes = url.pathname.endsWith('/git-upload-pack') ? this.#packBytes : IN_MEMORY.answerBytes;
    const options = {
      method: request.method ?? 'GET',
      agent: secure ? this.#https : this.#http,
      lookup: refusingLookup,
      timeout: IDLE_TIMEOUT,
      headers: {
        ...request.headers,
        ...(this.#credential === null ? {} : { authorization: basic(this.#credential) }),
        ...(body === null ? {} : { 'content-length': String(body.length) }),
      },
      ...(signal === undefined ? {} : { signal }),
    };
    const { response, content } = await new Promise<Answer>((resolve, reject) => {
      const sent = (secure ? httpsRequest : httpRequest)(url, options, (answer) => {
        // Read to its end here: isomorphic-git holds packs in memory anyway, and hangs on a body that breaks.
        readAll(answer, maxBytes).then((content) => resolve({ response: answer, content }), reject);
      });
      sent.on('error', reject);
      sent.on('timeout', () => sent.destroy(new Error(`no byte came for ${IDLE_TIMEOUT / 1000} s`)));
      sent.end(body ?? undefined);
    });
    const pack = url.pathname.endsWith('/git-upload-pack') ? packOf(content) : null;
    if (pack !== null) scanPack(pack);
    const lists = url.searchParams.get('service') === 'git-upload-pack';
    if (lists) this.shallow = shallowCommits(content);
    return {
      url: request.url,
      method: options.method,
      statusCode: response.statusCode ?? 0,
      statusMessage: response.statusMessage ?? '',
      headers: textHeaders(response),
      body: once(lists ? withHead(content, this.#branch) : content),
    };
  }
}

/** Resolves a name as usual, and refuses what a cloud serves machine credentials from. */
const refusingLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const first = addresses?.[0];
    if (error !== null || first === undefined) {
      callback(error ?? new Error(`${hostname} has no address`), []);
      return;
    }
    const bad = addresses.find(({ address }) => isLinkLocal(address));
    if (bad !== undefined)
      callback(new Error(`${hostname} leads to the link-local address ${bad.address}`), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, isIP(first.address));
  });
};

async function collect(body: GitHttpRequest['body']): Promise<Buffer | null> {
  if (body === undefined) return null;
  const parts: Uint8Array[] = [];
  // isomorphic-git passes arrays where its types say iterators; `for await` takes both.
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue;
    length += chunk.length;
    // Leaving the loop destroys the connection.
    if (length > maxBytes) throw endless(maxBytes);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function endless(maxBytes: number): GitError {
  return new GitError(
    'git/too-large',
    `The server sent more than the ${maxBytes} bytes that one answer may have. Look at what the address leads to, ` +
      'and take large files out of the repository.',
  );
}

async function* once(content: Buffer): AsyncIterableIterator<Uint8Array> {
  yield content;
}

function textHeaders(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
