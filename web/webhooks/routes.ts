import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { WebError } from '../errors.ts';
import type { Branch } from '../ports.ts';
import { checkSecrets, type WebhookSecrets } from './secrets.ts';
import { Seen } from './seen.ts';
import { authenticate, type Sender } from './signature.ts';

export interface WebhookParts {
  readonly secrets: WebhookSecrets;
  readonly branch: Pick<Branch, 'refresh'>;
  readonly now: () => number;
}

/** A delivery; the hosts' own lists of commits can be long. */
const BODY_BYTES = 2 * 1024 * 1024;
/** Beyond twice the window of signed moments, so that each is known until it is too old. */
const SEEN_MS = 15 * 60_000;
const SEEN_MOST = 10_000;

const senders: readonly Sender[] = ['github', 'gitlab', 'plain'];
const heard = Type.Object({
  fetching: Type.Boolean({ description: 'False for a delivery that came before.' }),
});

/**
 * `/webhooks/{github,gitlab,plain}`: somebody outside says that the repository moved. All that this does is to ask the
 * repository; nothing of what was sent is believed or even read.
 *
 * @throws Error when a secret is set that is none
 */
export function webhookRoutes({ secrets, branch, now }: WebhookParts): FastifyPluginAsync {
  checkSecrets(secrets);
  const seen = new Seen(SEEN_MS, SEEN_MOST);
  return async (app) => {
    // The signature is over the bytes as they came.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    for (const sender of senders) {
      const schema = {
        summary: `The repository moved, says ${sender}`,
        tags: ['webhooks'],
        response: { 202: heard },
      };
      app.post(`/webhooks/${sender}`, { schema, bodyLimit: BODY_BYTES }, async (request, reply) => {
        request.told.who = `webhook ${sender}`;
        const secret = secrets[sender];
        if (secret === undefined)
          throw new WebError('webhook/off', 404, `No secret is set for ${sender}, so this webhook is off.`);
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const mark = authenticate(sender, secret, { headers: request.headers, body }, now());
        if (mark === null)
          throw new WebError('webhook/signature', 401, 'The signature is missing, wrong or too old.');
        const fetching = !seen.has(mark, now());
        // Not waited for: a sender gives up after seconds, and what fails is tried at the next poll.
        if (fetching)
          branch
            .refresh()
            .catch((err: unknown) => request.log.warn({ err }, 'the repository could not be asked'));
        return reply.code(202).send({ fetching });
      });
    }
  };
}
