import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OnceResult } from '../../../reconciler/start.ts';
import { tenantry } from '../../deploy/cli/command.ts';
import { EngineDouble } from '../../support/engine-double/double.ts';
import { yaml } from '../../support/host.ts';
import { RawClient } from '../../support/raw-engine.ts';
import { type CertificateKind, type Certificates, makeCertificates } from './certificates.ts';
import { HostileRemote } from './hostile-remote.ts';
import { type Item, rawCommit, rawObject, rawTree, sorted } from './objects.ts';
import { TOKEN } from './world.ts';

const IMAGE = 'registry.example.com/runtime:v1.0.0';
const container = 'tenant_acme_runtime';

/** As processes: which certificates Node trusts is told to it when it starts. */
describe.each([
  ['through git', null],
  ['without git', '/nonexistent'],
])('INV-6 over TLS, %s', { timeout: 60_000 }, (_, path) => {
  let dir: string;
  let certificates: Certificates;
  let remote: HostileRemote;
  let engine: EngineDouble;
  let hand: RawClient;
  let good = '';
  let count = 0;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tenantry-certificates-'));
    certificates = await makeCertificates(dir);
    remote = await HostileRemote.start(certificates.by.good);
    engine = await EngineDouble.open();
    engine.addImage(IMAGE);
    hand = new RawClient(engine.socket);
    good = publish();
    expect(await reconcile()).toMatchObject({ code: 0, source: { state: 'ok' }, revision: good });
    expect(engine.container(container).State.Running).toBe(true);
  }, 60_000);
  afterAll(async () => {
    await remote.close();
    hand.close();
    await engine.close();
    await rm(dir, { recursive: true, force: true });
    await rm(secretsDir(), { recursive: true, force: true });
  });

  const wrong: readonly (readonly [CertificateKind, RegExp])[] = [
    ['untrusted', /certificate/],
    // Where git speaks through GnuTLS it does not say which check failed.
    ['expired', /expired|certificate verification failed/i],
    ['wrong-host', /certificate.*(name|host)|ALTNAME/is],
  ];
  test.each(wrong)(
    'a server whose certificate is %s is refused and told, and the last good revision enforced',
    async (kind, says) => {
      remote.present(certificates.by[kind]);
      publish();
      const asked = remote.requests.length;
      expect((await hand.ask('DELETE', `/containers/${container}?force=1`)).status).toBe(204);
      const { source, revision, code } = await reconcile();
      expect(code).toBe(1);
      expect(source.state).toBe('unreachable');
      expect(source.detail).toContain(remote.url);
      expect(source.detail).toMatch(/the TLS certificate/);
      expect(source.detail).toMatch(says);
      expect(source.detail).not.toContain(TOKEN);
      expect(remote.requests.slice(asked), 'nothing was said to it').toEqual([]);
      expect(revision).toBe(good);
      expect(engine.container(container).State.Running, 'what another hand removed is back').toBe(true);
    },
  );

  test('and once its certificate is right again, the newest revision is applied', async () => {
    remote.present(certificates.by.good);
    good = publish();
    expect(await reconcile()).toMatchObject({ code: 0, source: { state: 'ok', detail: '' }, revision: good });
    expect(engine.container(container).Config.Env).toContain(`COUNT=${count}`);
  });

  /** A new good commit. */
  function publish(): string {
    count += 1;
    const file = (kind: string, name: string, spec: unknown) =>
      remote.add(rawObject('blob', yaml(kind, name, spec)));
    const folder = (items: readonly Item[]) => remote.add(rawTree(sorted(items)));
    const runtime = { env: { COUNT: String(count) } };
    const spec = { owner: 'ops@example.com', node: 'worker-1', image: IMAGE, runtime };
    const acme = folder([['100644', 'tenant.yaml', file('Tenant', 'acme', spec)]]);
    const network = { pool: '10.210.0.0/16', shards: 1 };
    const root = folder([
      ['100644', 'tenantry.yaml', file('Platform', 'test', {})],
      ['40000', 'nodes', folder([['100644', 'worker-1.yaml', file('Node', 'worker-1', { network })]])],
      ['40000', 'tenants', folder([['40000', 'acme', acme]])],
    ]);
    remote.head = remote.add(rawCommit(root, remote.head === '' ? [] : [remote.head]));
    remote.prepare();
    return remote.head;
  }

  /** In memory already, for without a path nothing can be mounted. */
  function secretsDir(): string {
    return `/dev/shm/${basename(dir)}`;
  }

  async function reconcile(): Promise<
    Pick<OnceResult['status'], 'source' | 'revision'> & { readonly code: number | undefined }
  > {
    const where = ['--repo', `${remote.url}/state.git`, '--node', 'worker-1', '--docker', engine.host];
    const folders = ['--data-dir', join(dir, 'data'), '--secrets-dir', secretsDir()];
    const trust = {
      GIT_SSL_CAINFO: certificates.trusted,
      NODE_EXTRA_CA_CERTS: certificates.trusted,
      TENANTRY_GIT_TOKEN: TOKEN,
    };
    const env = path === null ? trust : { ...trust, PATH: path };
    const ended = await tenantry(['reconcile', '--once', ...where, ...folders, '--format', 'json'], { env });
    expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
    const { status } = JSON.parse(ended.stdout) as OnceResult;
    return { code: ended.code, source: status.source, revision: status.revision };
  }
});
