import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, tenantry } from '../../deploy/cli/command.ts';
import { advertise, answer, HostileRemote } from './hostile-remote.ts';
import { rawCommit, rawTree } from './objects.ts';
import { TOKEN } from './world.ts';

/** A server of TLS that asks those who come to go on without it, where everybody on the way reads the token. */
describe('a downgrade from https to http', () => {
  let dir: string;
  let certificate: string;
  let secure: HostileRemote;
  let plain: HostileRemote;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tenantry-downgrade-'));
    certificate = join(dir, 'cert.pem');
    const key = join(dir, 'key.pem');
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await execa('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', certificate, ...subject]);
    secure = await HostileRemote.start({ key: await readFile(key), cert: await readFile(certificate) });
    plain = await HostileRemote.start();
    const tree = rawTree([]);
    secure.add(tree);
    secure.head = secure.add(rawCommit(tree.oid, []));
    secure.prepare();
  });
  afterAll(async () => {
    await secure.close();
    await plain.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    secure.handler = null;
  });

  /** As a process: which certificates Node trusts is told to it when it starts. */
  function plan(path: string | null): Promise<Ended> {
    const where = [
      '--repo',
      `${secure.url}/state.git`,
      '--node',
      'worker-1',
      '--data-dir',
      join(dir, 'data'),
    ];
    const trust = {
      GIT_SSL_CAINFO: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
      TENANTRY_GIT_TOKEN: TOKEN,
    };
    const env = path === null ? trust : { ...trust, PATH: path };
    return tenantry(['plan', ...where, '--docker', `unix://${dir}/nobody.sock`], { env });
  }

  const to = (path: string) => (response: ServerResponse) =>
    void response.writeHead(307, { location: `${plain.url}/state.git/${path}` }).end();

  describe.each([
    ['through git', null],
    ['without git', '/nonexistent'],
  ])('%s', (_, path) => {
    test('would be possible: the server is trusted, and its branch is read', async () => {
      const { stderr } = await plan(path);
      expect(stderr).toMatch(/cannot ask the engine/);
    });

    test('in place of the references is refused, and told', async () => {
      secure.handler = (_request, response) => to('info/refs?service=git-upload-pack')(response);
      expectRefused(await plan(path));
    });

    test('in place of the pack is refused, and told', async () => {
      secure.handler = (request, response) => {
        if (request.method !== 'GET') return to('git-upload-pack')(response);
        const { head } = secure;
        answer(
          response,
          'advertisement',
          advertise([
            [head, 'HEAD'],
            [head, 'refs/heads/main'],
          ]),
        );
      };
      await rm(join(dir, 'data'), { recursive: true, force: true });
      expectRefused(await plan(path));
    });
  });

  function expectRefused({ code, stdout, stderr }: Ended): void {
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /redirects elsewhere, maybe down to plain http, which is never followed; give the https/,
    );
    expect(stdout + stderr).not.toContain(TOKEN);
    expect(plain.requests).toEqual([]);
  }
});
