import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

/** A small registry (Distribution API v2, reads only) on 127.0.0.1, from which a real engine pulls. */
export interface TestRegistry {
  /** `127.0.0.1:<port>`, which engines on this machine trust without TLS. */
  readonly address: string;
  /**
   * Offers an image of one layer.
   * @param layer a tar file's bytes
   * @param config of the image, as `Cmd` and `Labels`
   * @returns references by tag and by digest
   */
  publish(
    repository: string,
    tag: string,
    layer: Uint8Array,
    config: object,
  ): { readonly byTag: string; readonly byDigest: string };
  /** What layers are answered with from now on: themselves, half of them and then nothing, or other bytes. */
  serveLayers(how: 'whole' | 'stalled' | 'corrupt'): void;
  /** From now on answers only with these credentials. */
  demand(credentials: { readonly username: string; readonly password: string }): void;
  close(): Promise<void>;
}

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const CONFIG = 'application/vnd.docker.container.image.v1+json';

export async function openRegistry(): Promise<TestRegistry> {
  /** By path: `/v2/<name>/manifests/<tag>`, `/v2/<name>/blobs/<digest>`, … */
  const served = new Map<string, Blob>();
  let layers: 'whole' | 'stalled' | 'corrupt' = 'whole';
  let authorization: string | null = null;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (authorization !== null && request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
      return;
    }
    if (request.url === '/v2/') {
      response.end('{}');
      return;
    }
    const blob = served.get(request.url ?? '');
    if (blob === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      return;
    }
    const headers = { 'content-type': blob.type, 'docker-content-digest': digestOf(blob.bytes) };
    response.writeHead(200, { ...headers, 'content-length': blob.bytes.length });
    if (request.method === 'HEAD') response.end();
    else if (blob.type !== LAYER || layers === 'whole') response.end(blob.bytes);
    else if (layers === 'stalled') response.write(blob.bytes.subarray(0, blob.bytes.length >> 1));
    else response.end(Buffer.alloc(blob.bytes.length));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the registry has no port');
  const address = `127.0.0.1:${bound.port}`;

  return {
    address,
    publish(repository, tag, layer, config) {
      const packed = gzipSync(layer, { level: 1 });
      const image = {
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        os: 'linux',
        config,
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
        history: [{ created_by: 'tenantry-test' }],
      };
      const imageBytes = Buffer.from(JSON.stringify(image));
      const part = (mediaType: string, bytes: Uint8Array) => ({
        mediaType,
        size: bytes.length,
        digest: digestOf(bytes),
      });
      const manifest = {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: part(CONFIG, imageBytes),
        layers: [part(LAYER, packed)],
      };
      const manifestBytes = Buffer.from(JSON.stringify(manifest));
      const digest = digestOf(manifestBytes);
      const base = `/v2/${repository}`;
      served.set(`${base}/blobs/${digestOf(packed)}`, { type: LAYER, bytes: packed });
      served.set(`${base}/blobs/${digestOf(imageBytes)}`, { type: CONFIG, bytes: imageBytes });
      for (const name of [tag, digest]) {
        served.set(`${base}/manifests/${name}`, { type: MANIFEST, bytes: manifestBytes });
      }
      return { byTag: `${address}/${repository}:${tag}`, byDigest: `${address}/${repository}@${digest}` };
    },
    serveLayers: (how) => void (layers = how),
    demand({ username, password }) {
      authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
