import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { starterFiles } from '../../desired-state/write/starter.ts';
import type { SignedIn } from '../../web/api/models/auth.ts';
import type { Me, Overview } from '../../web/api/models/platform.ts';
import { webLog } from '../../web/http/log.ts';
import { localWebOptions } from '../../web/options.ts';
import { type RunningWeb, startWeb } from '../../web/start.ts';
import { makeRepository } from '../support/git-repo.ts';

const dir = mkdtempSync(join(tmpdir(), 'tenantry-away-'));
let web: RunningWeb | null = null;
afterAll(async () => {
  await web?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Signs in as the one who has set it up; answers how he asks. */
async function signedIn(at: RunningWeb) {
  const credentials = { email: 'ada@example.com', password: 'correct horse battery', client: 'program' };
  const setUp = { ...credentials, invitation: at.setupToken, name: 'Ada' };
  const [path, body] = at.setupToken === null ? ['login', credentials] : ['signup', setUp];
  const response = await fetch(`${at.url}/v1/auth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { tokens } = (await response.json()) as SignedIn;
  return async <T>(of: string): Promise<T> => {
    const headers = { authorization: `Bearer ${tokens?.accessToken}` };
    return (await (await fetch(`${at.url}/v1/${of}`, { headers })).json()) as T;
  };
}

test('who set it up gets nothing back by a restart while Git is away, and the last revision is shown', async () => {
  const files = await starterFiles({ platform: 'example' });
  const work = makeRepository(files);
  const repo = work.bare();
  const options = localWebOptions({
    dataDir: join(dir, 'data'),
    platform: 'example',
    page: null,
    repo,
    log: webLog({ write: () => undefined }),
    environment: { PATH: process.env['PATH'] },
    pollMs: 600_000,
  });
  web = await startWeb(options);
  const first = await signedIn(web);
  expect(await first<Me>('me')).toMatchObject({ role: 'platform-admin' });

  const platform = files['tenantry.yaml'] ?? '';
  expect(platform).not.toContain('access:');
  const access = '  access:\n    platform-admin: [grace@example.com]\n    viewer: [ada@example.com]\n';
  const named = work.commit({ 'tenantry.yaml': platform.replace(/^spec:\n/m, `spec:\n${access}`) });
  work.git('push', '--quiet', repo, 'HEAD:refs/heads/main');
  await web.close();
  web = await startWeb(options);
  expect(await (await signedIn(web))<Me>('me')).toMatchObject({ role: 'viewer' });

  await web.close();
  renameSync(repo, `${repo}-away`);
  web = await startWeb(options);
  const again = await signedIn(web);
  expect(await again<Me>('me')).toMatchObject({ role: 'viewer' });
  expect(await again<Overview>('overview')).toMatchObject({ platform: 'example', revision: named });

  // And where nobody knows any more what Git said, nobody is anything.
  await web.close();
  rmSync(join(dir, 'data', 'mirror'), { recursive: true });
  web = await startWeb(options);
  expect(await (await signedIn(web))<Me>('me')).toMatchObject({ role: null });

  renameSync(`${repo}-away`, repo);
  await web.close();
  web = await startWeb(options);
  expect(await (await signedIn(web))<Me>('me')).toMatchObject({ role: 'viewer' });
  work.remove();
}, 300_000);
