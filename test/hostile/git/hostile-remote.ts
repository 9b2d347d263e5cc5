import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { packedObject, packOf, type RawObject } from './objects.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A private key and its certificate, as PEM. */
export interface Identity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/**
 * A Git server that a test writes by hand: smart HTTP, protocol 0, as far as a fetch needs it. It sends the objects that
 * it was given, and checks none of them.
 */
export class HostileRemote {
  readonly objects = new Map<string, RawObject>();
  /** What `refs/heads/main` is at. */
  head = '';
  /** Takes the place of the pack of all objects. */
  pack: Buffer | null = null;
  /** Answers everything in the server's place. */
  handler: Handler | null = null;
  /** `METHOD path` and the credential of every request. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #secure: SecureServer | null;
  #packed: Buffer = packOf([]);

  readonly #scheme: 'http' | 'https';

  private constructor(identity: Identity | null) {
    const take: Handler = (request, response) => {
      this.requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`);
      if (this.handler === null) this.serve(request, response);
      else this.handler(request, response);
    };
    this.#scheme = identity === null ? 'http' : 'https';
    this.#secure = identity === null ? null : createSecureServer(identity, take);
    this.#server = this.#secure ?? createServer(take);
  }

  /** @param identity with which it speaks TLS; null for plain http */
  static async start(identity: Identity | null = null): Promise<HostileRemote> {
    const remote = new HostileRemote(identity);
    await new Promise<void>((resolve) => remote.#server.listen(0, '127.0.0.1', resolve));
    return remote;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    return `${this.#scheme}://127.0.0.1:${address.port}`;
  }

  /** Shows another certificate to whoever connects from now on. */
  present(identity: Identity): void {
    if (this.#secure === null) throw new Error('this server speaks plain http');
    this.#secure.setSecureContext(identity);
  }

  /** Packs what there is, so that it is not done while the program is watched. */
  prepare(): void {
    this.#packed = this.pack ?? packOf([...this.objects.values()].map(packedObject));
  }

  add(object: RawObject): string {
    this.objects.set(object.oid, object);
    return object.oid;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  /** What the server answers when no handler stands in for it. */
  serve(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method === 'GET') {
        answer(
          response,
          'advertisement',
          advertise([
            [this.head, 'HEAD'],
            [this.head, 'refs/heads/main'],
          ]),
        );
        return;
      }
      const sent = Buffer.concat(parts);
      const asked = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      // A client with much history asks in rounds, and takes a pack after the last only.
      if (!asked.includes('done')) return answer(response, 'result', packet('NAK\n'));
      answer(
        response,
        'result',
        Buffer.concat([packet('NAK\n'), ...bands(this.#packed), Buffer.from('0000')]),
      );
    });
  }
}

/** An answer of `git-upload-pack`, of one kind or the other. */
export function answer(response: ServerResponse, kind: 'advertisement' | 'result', body: Buffer): void {
  response.setHeader('content-type', `application/x-git-upload-pack-${kind}`).end(body);
}

/**
 * A list of references.
 * @param more capabilities beside those that a fetch needs
 */
export function advertise(
  refs: readonly (readonly [oid: string, name: string])[],
  more: readonly string[] = [],
): Buffer {
  const capabilities = ['side-band-64k', 'ofs-delta', ...more].join(' ');
  const lines = refs.map(([oid, name], index) =>
    packet(`${oid} ${name}${index === 0 ? `\0${capabilities}` : ''}\n`),
  );
  return Buffer.concat([
    packet('# service=git-upload-pack\n'),
    Buffer.from('0000'),
    ...lines,
    Buffer.from('0000'),
  ]);
}

export function packet(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

function bands(pack: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < pack.length; at += 60_000) {
    found.push(packet(Buffer.concat([Buffer.from([1]), pack.subarray(at, at + 60_000)])));
  }
  return found;
}
