import Type, { type Static } from 'typebox';
import { closed, envelope } from './envelope.ts';

const spec = closed('A prompt of the runtime.', {
  text: Type.String({ description: 'The prompt itself; a block (`|`) keeps its lines.', minLength: 1 }),
  description: Type.Optional(Type.String({ description: 'What it is for, for people.', maxLength: 2_000 })),
});

export const promptSchema = envelope('Prompt', spec, {
  description:
    'A prompt, of one tenant or of the shared library. A change reaches the runtime without a restart.',
  name: 'Name of the prompt, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Prompt',
      metadata: { name: 'greeting' },
      spec: {
        description: 'First answer to a new contact.',
        text: 'Greet by name.\nKeep it to two sentences.\n',
      },
    },
  ],
});

export type Prompt = Static<typeof promptSchema>;
