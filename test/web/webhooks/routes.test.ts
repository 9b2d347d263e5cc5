import { createHmac } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { webLog } from '../../../web/http/log.ts';
import { createServer } from '../../../web/server.ts';
import { webhookRoutes } from '../../../web/webhooks/routes.ts';
import type { WebhookSecrets } from '../../../web/webhooks/secrets.ts';
import { authenticate } from '../../../web/webhooks/signature.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const seconds = String(now / 1000);
const secret = 'a-secret-of-this-test';
const signing = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const hex = (key: string, text: string): string => createHmac('sha256', key).update(text).digest('hex');

type Server = Awaited<ReturnType<typeof createServer>>;
const logged: string[] = [];
let refreshes = 0;
const servers: Server[] = [];

async function serve(secrets: WebhookSecrets): Promise<string> {
  const branch = {
    refresh: async () => {
      refreshes++;
      return '0'.repeat(40);
    },
  };
  const app = await createServer({
    log: webLog({ write: (line) => void logged.push(line) }, 'debug'),
    authenticate: async () => null,
    audit: { record: async () => undefined },
    registry: new Registry(),
    waitingFor: async () => [],
    v1: [webhookRoutes({ secrets, branch, now: () => now })],
    outside: [],
  });
  servers.push(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/v1/webhooks`;
}

let url: string;
let signedUrl: string;
beforeAll(async () => {
  url = await serve({ github: secret, gitlab: secret, plain: secret });
  signedUrl = await serve({ gitlab: signing });
});
beforeEach(() => {
  refreshes = 0;
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

const post = async (
  address: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
) => {
  const response = await fetch(address, { method: 'POST', body, headers });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
};

/** Authentic headers for a body, by sender. */
const good = {
  github: (body: string) => ({ 'x-hub-signature-256': `sha256=${hex(secret, body)}` }),
  gitlab: (_body: string) => ({ 'x-gitlab-token': secret }),
  plain: (body: string) => ({
    'x-tenantry-timestamp': seconds,
    'x-tenantry-signature': `sha256=${hex(secret, `${seconds}.${body}`)}`,
  }),
};

describe('a webhook', () => {
  test.each(Object.entries(good))(
    'INV-28: of %s asks the repository once, and again for a new delivery',
    async (sender, sign) => {
      const json = { 'content-type': 'application/json' };
      const first = await post(`${url}/${sender}`, '{"ref": "refs/heads/main"}', {
        ...json,
        ...sign('{"ref": "refs/heads/main"}'),
      });
      expect(first).toEqual({ status: 202, answer: { fetching: true } });
      const again = await post(`${url}/${sender}`, '{"ref": "refs/heads/main"}', {
        ...json,
        ...sign('{"ref": "refs/heads/main"}'),
      });
      expect(again).toEqual({ status: 202, answer: { fetching: false } });
      expect(refreshes).toBe(1);
      // Not JSON, whatever it says: the signature is over bytes.
      const other = await post(`${url}/${sender}`, '{broken', { ...json, ...sign('{broken') });
      expect(other.status).toBe(202);
      expect(refreshes).toBe(2);
    },
  );

  test.each(Object.entries(good))(
    'INV-28: of %s that is forged is refused and asks nothing',
    async (sender, sign) => {
      const body = '{"n": 1}';
      const names = Object.keys(sign(body));
      const forged: Record<string, string>[] = [
        {},
        ...names.map((name) => ({ ...sign(body), [name]: '' })),
        ...names.map((name) => ({
          ...sign(body),
          [name]: `${(sign(body) as Record<string, string>)[name]}0`,
        })),
        {
          ...sign(body),
          ...(sender === 'gitlab'
            ? { 'x-gitlab-token': 'a-secret-of-this-tesT' }
            : { [names.at(-1) ?? '']: `sha256=${hex('another', body)}` }),
        },
        ...(sender === 'gitlab' ? [] : [sign('{"n": 2}')]),
      ];
      for (const headers of forged) {
        const { status, answer } = await post(`${url}/${sender}`, body, headers);
        expect({ status, code: answer['code'] }, JSON.stringify(headers)).toEqual({
          status: 401,
          code: 'webhook/signature',
        });
      }
      expect(refreshes).toBe(0);
      expect(logged.join('\n')).not.toContain(secret);
    },
  );

  test('INV-28: with a body that is too large is refused before it is read, told or not', async () => {
    const large = new Uint8Array(2 * 1024 * 1024 + 1);
    const told = await post(`${url}/github`, large, good.github(''));
    expect(told.status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(large);
        controller.close();
      },
    });
    const init = { method: 'POST', body: stream, duplex: 'half', headers: good.github('') } as RequestInit;
    const untold = await fetch(`${url}/github`, init).then(
      ({ status }) => status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(untold);
    expect(refreshes).toBe(0);
  });

  test('INV-28: without a secret is off, and one that is none keeps it from starting', async () => {
    expect((await post(`${signedUrl}/github`, '{}', good.github('{}'))).answer['code']).toBe('webhook/off');
    for (const none of ['', ' ', 'short']) {
      await expect(serve({ github: none })).rejects.toThrow(/webhook secret for github has \d characters/);
    }
  });

  test('of GitLab with a signing token wants the signature, and takes the token itself no more', async () => {
    const body = '{"object_kind": "push"}';
    const sign = (id: string, moment: string, key = Buffer.alloc(32, 7)): string =>
      `v1,${createHmac('sha256', key).update(`${id}.${moment}.${body}`).digest('base64')}`;
    const headers = (id: string, moment: string, signature: string) => ({
      'webhook-id': id,
      'webhook-timestamp': moment,
      'webhook-signature': signature,
    });
    const ok = await post(`${signedUrl}/gitlab`, body, headers('one', seconds, sign('one', seconds)));
    expect(ok).toEqual({ status: 202, answer: { fetching: true } });
    const rotating = `v1,${Buffer.alloc(32).toString('base64')} ${sign('two', seconds)}`;
    expect((await post(`${signedUrl}/gitlab`, body, headers('two', seconds, rotating))).status).toBe(202);
    const old = String(now / 1000 - 301);
    const refused = [
      headers('one', old, sign('one', old)),
      headers('other', seconds, sign('one', seconds)),
      headers('one', seconds, sign('one', seconds, Buffer.alloc(32, 8))),
      { 'x-gitlab-token': signing },
    ];
    for (const one of refused) expect((await post(`${signedUrl}/gitlab`, body, one)).status).toBe(401);
    expect(refreshes).toBe(2);
  });

  test('that is signed for a moment is good for five minutes around it', () => {
    const at = (offset: number): string | null => {
      const moment = String(now / 1000 + offset);
      const headers = {
        'x-tenantry-timestamp': moment,
        'x-tenantry-signature': `sha256=${hex(secret, `${moment}.{}`)}`,
      };
      return authenticate('plain', secret, { headers, body: Buffer.from('{}') }, now);
    };
    expect([-301, -300, 0, 300, 301].map((offset) => at(offset) !== null)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });
});
