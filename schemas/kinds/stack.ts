import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, mapOf } from './envelope.ts';
import { imageRef, name } from './fields.ts';

const spec = closed('A Compose Specification file and where it runs.', {
  node: name('Node that runs it.'),
  compose: Type.Optional(
    Type.String({
      description: 'The Compose file in the same folder.',
      pattern: patterns.file.source,
      maxLength: 100,
      default: defaults.stack.compose,
    }),
  ),
  channel: Type.Optional(name('Channel that images named in it come from.')),
  images: Type.Optional(
    mapOf('Pinned images by the name of the service.', patterns.labelKey, imageRef('A pinned image.')),
  ),
});

export const stackSchema = envelope('Stack', spec, {
  description: 'A Compose file of the platform itself, such as its monitoring.',
  name: 'Name of the stack, the same as its folder.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Stack',
      metadata: { name: 'monitoring' },
      spec: {
        node: 'worker-1',
        compose: 'compose.yaml',
        images: { prometheus: 'docker.io/prom/prometheus:v3.1.0' },
      },
    },
  ],
});

export type Stack = Static<typeof stackSchema>;
