import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildPage } from '../../../web/ui/build.ts';
import { startPageServer } from '../../support/page-server/start.ts';

let folder = '';
beforeAll(async () => {
  folder = await buildPage();
});

/** Scripts that a script names to be loaded with it (not those that it loads when they are needed). */
function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(join(folder, path), 'utf8');
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
    loadedWith(`assets/${name}`, seen);
  return seen;
}

const compressed = (paths: Iterable<string>): number =>
  [...paths].reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);

describe('the built page', () => {
  test('loads at most 180 kB of script before its first page, and that page with it', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    const named = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    const entry = [...html.matchAll(/<script type="module"[^>]*src="\/(assets\/[^"]+)"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(entry).toHaveLength(1);
    const overview =
      /assets\/overview-[^"]+\.js/.exec(readFileSync(join(folder, entry[0] ?? ''), 'utf8'))?.[0] ?? '';
    const first = new Set([...named, overview].flatMap((path) => [...loadedWith(path)]));
    expect(compressed(first)).toBeLessThan(180_000);
    expect(compressed(first)).toBeGreaterThan(60_000);
    // Editors come when somebody edits.
    expect([...first].filter((path) => /editor|shadow|qr-code|edit-dialog/.test(path))).toEqual([]);
  });

  test('has nothing inline and names no other host', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  test('is served with its places as addresses, and an asset that is gone is not the page', async () => {
    await using server = await startPageServer({ folder });
    const place = await fetch(`${server.url}/tenants/acme`);
    expect([place.status, place.headers.get('content-type'), place.headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(place.headers.get('content-security-policy')).not.toContain('unsafe');
    const asset = /assets\/[^"]+\.js/.exec(await place.text())?.[0] ?? '';
    expect((await fetch(`${server.url}/${asset}`)).headers.get('cache-control')).toContain('immutable');
    const small = await fetch(`${server.url}/${asset}`, { headers: { 'accept-encoding': 'br' } });
    expect([small.headers.get('content-encoding'), small.headers.get('content-type')]).toEqual([
      'br',
      'application/javascript; charset=utf-8',
    ]);
    expect(small.headers.get('vary')).toContain('accept-encoding');
    expect((await small.text()) === readFileSync(join(folder, asset), 'utf8')).toBe(true);
    expect((await fetch(`${server.url}/assets/gone-1234.js`)).status).toBe(404);
    expect((await fetch(`${server.url}/v1/nothing`)).headers.get('content-type')).toContain('problem+json');
    expect((await fetch(`${server.url}/..%2f..%2fpackage.json`)).headers.get('content-type')).toContain(
      'text/html',
    );
  });
});
