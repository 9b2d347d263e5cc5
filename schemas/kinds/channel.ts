import Type, { type Static } from 'typebox';
import { patterns } from '../patterns.ts';
import { closed, envelope } from './envelope.ts';
import { duration, imageRef, name } from './fields.ts';

/** Images by name; `runtime` is the one that tenants run. */
const images = Type.Unsafe<Record<string, string> & { runtime: string }>({
  type: 'object',
  description: 'Pinned images by name: a digest, or a tag that names one build.',
  properties: { runtime: imageRef('Image of the tenant runtime.') },
  required: ['runtime'],
  propertyNames: { pattern: patterns.name.source, maxLength: 63 },
  additionalProperties: imageRef('A further pinned image.'),
});

const spec = closed('A named set of pinned images and how a new pin reaches the tenants.', {
  images,
  rollout: Type.Optional(
    closed('A new pin reaches the tenants in waves.', {
      waves: Type.Array(
        closed('One wave.', {
          percent: Type.Integer({
            description: 'Share of the tenants that have it after this wave.',
            minimum: 1,
            maximum: 100,
          }),
          pause: Type.Optional(duration('Time to watch before the next wave.', { default: '0s' })),
        }),
        {
          description: 'Waves in order; what the last one leaves out follows it.',
          minItems: 1,
          maxItems: 20,
        },
      ),
    }),
  ),
  promotesTo: Type.Optional(name('Channel that gets these images when they are promoted.')),
});

export const channelSchema = envelope('Channel', spec, {
  description: 'A named set of pinned images, such as staging or production.',
  name: 'Name of the channel, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Channel',
      metadata: { name: 'staging' },
      spec: {
        images: { runtime: 'registry.example.com/runtime:sha-4f2c1d9' },
        rollout: { waves: [{ percent: 10, pause: '5m' }, { percent: 100 }] },
        promotesTo: 'production',
      },
    },
  ],
});

export type Channel = Static<typeof channelSchema>;
