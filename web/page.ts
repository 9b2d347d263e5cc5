import staticFiles from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { WebError } from './errors.ts';

const YEAR_S = 31_536_000;

/**
 * The page: the built files of a folder. Whatever is no file of it and no path of the API is a place within the page, and
 * gets the document that opens it.
 *
 * @param folder as `web/ui/build.ts` makes it
 */
export function pageRoutes(folder: string): FastifyPluginAsync {
  return async (app) => {
    await app.register(staticFiles, { root: folder, serve: false, cacheControl: false, dotfiles: 'ignore' });
    app.get('/', { schema: { hide: true } }, (_request, reply) =>
      reply.header('cache-control', 'no-cache').sendFile('index.html'),
    );
    app.get<{ Params: { '*': string } }>('/*', { schema: { hide: true } }, (request, reply) => {
      const path = request.params['*'];
      if (/^(v1|git)(\/|$)/.test(path))
        throw new WebError('request/no-route', 404, `There is no GET /${path.slice(0, 200)}.`);
      // A file has an ending; names of places have none.
      if (!/\.[a-z0-9]+$/i.test(path))
        return reply.header('cache-control', 'no-cache').sendFile('index.html');
      // Names of built files hold a digest of what is in them.
      const age = path.startsWith('assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache';
      return reply.header('cache-control', age).sendFile(path);
    });
  };
}
