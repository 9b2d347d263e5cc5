import { globSync } from 'node:fs';
import { sep } from 'node:path';
import files from '@fastify/static';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';

/** Where other parts answer: there, an address that is not known is an error, and no page. */
const OTHERS = /^\/(?:v1|git)(?:\/|$)/;

/**
 * The page: its files, and `index.html` for every other address, since the page knows its places itself. What lies in
 * `assets/` has a name that changes with its content, and is kept for good; the rest is asked for again.
 * @param folder as `web/ui/build.ts` has made it
 */
export function servePage(folder: string): FastifyPluginAsync {
  return async (app) => {
    const known = new Set(globSync('**/*.*', { cwd: folder }).map((path) => path.replaceAll(sep, '/')));
    await app.register(files, {
      root: folder,
      serve: false,
      cacheControl: false,
      etag: true,
      lastModified: false,
      // Beside each file lies the same compressed, where it was built so.
      preCompressed: true,
    });
    const answer = (path: string, url: string, reply: FastifyReply) => {
      if (OTHERS.test(url)) return reply.callNotFound();
      // A file of an older page that is gone: the page itself would be taken for a script.
      if (path.startsWith('assets/') && !known.has(path)) return reply.callNotFound();
      return send(reply, known.has(path) ? path : 'index.html');
    };
    app.get('/', { schema: { hide: true } }, (request, reply) => answer('index.html', request.url, reply));
    app.get('/*', { schema: { hide: true } }, (request, reply) =>
      answer(wildcard(request.params), request.url, reply),
    );
  };
}

function wildcard(params: unknown): string {
  const rest: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, '*') : '';
  return typeof rest === 'string' ? rest : '';
}

function send(reply: FastifyReply, path: string) {
  const kept = path.startsWith('assets/');
  return reply
    .header('cache-control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
    .sendFile(path);
}
