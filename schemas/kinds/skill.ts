import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { closed, envelope, freeForm } from './envelope.ts';

const spec = closed('A skill of the runtime.', {
  description: Type.String({
    description: 'When the runtime should use it.',
    minLength: 1,
    maxLength: 2_000,
  }),
  instructions: Type.String({
    description: 'What it should do then; a block (`|`) keeps its lines.',
    minLength: 1,
  }),
  parameters: Type.Optional(freeForm('Free-form; what the skill wants to be told.')),
  enabled: Type.Optional(
    Type.Boolean({ description: 'Whether the runtime gets it.', default: defaults.skill.enabled }),
  ),
});

export const skillSchema = envelope('Skill', spec, {
  description:
    'A skill, of one tenant or of the shared library. A change reaches the runtime without a restart.',
  name: 'Id of the skill, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Skill',
      metadata: { name: 'opening-hours' },
      spec: {
        description: 'Use when somebody asks when the shop is open.',
        instructions: 'Answer from the table of opening hours.\nSay so when a day is a holiday.\n',
        parameters: { day: { type: 'string', description: 'A day of the week.' } },
        enabled: true,
      },
    },
  ],
});

export type Skill = Static<typeof skillSchema>;
