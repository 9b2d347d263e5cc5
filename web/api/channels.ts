import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { pinImages, promote } from '../../desired-state/write/channel-edits.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, base, editAnswers } from './edit-route.ts';
import { editQuery } from './models/edit.ts';
import { channelList } from './models/platform.ts';
import type { ApiParts } from './parts.ts';

const name = Type.String({ minLength: 1, maxLength: 63 });
const pinBody = fields({
  base,
  images: Type.Record(name, Type.String({ minLength: 1, maxLength: 500 }), { minProperties: 1 }),
});
const promoteBody = fields({ base, from: name, to: name });

/** Channels with who follows them, and new pins for them. */
export function channelRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get('/channels', { schema: { response: { 200: channelList } } }, async () => {
      const { branch, directory } = parts;
      const lines = directory.all();
      const items = Object.values(branch.desired()?.channels ?? {}).map(({ name, images, promotesTo }) => {
        const following = lines.filter(({ channel }) => channel === name);
        const running: Record<string, number> = {};
        for (const { image } of following) if (image !== null) running[image] = (running[image] ?? 0) + 1;
        return { name, images: { ...images }, promotesTo, tenants: following.length, running };
      });
      return { base: branch.head(), items };
    });

    routes.post(
      '/channels/:channel/pin',
      {
        schema: {
          params: fields({ channel: name }),
          body: pinBody,
          querystring: editQuery,
          response: editAnswers,
        },
      },
      (request, reply) => {
        const { channel } = request.params;
        const { base = null, images } = request.body;
        request.told.target = channel;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [],
          build: (source) => pinImages(source, channel, images),
          merge: 'fields',
          query: request.query,
        });
      },
    );

    routes.post(
      '/channels/promote',
      { schema: { body: promoteBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { base = null, from, to } = request.body;
        request.told.target = to;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base,
          tenants: [],
          build: (source) => promote(source, from, to, false),
          merge: 'fields',
          query: request.query,
        });
      },
    );
  };
}
