import type { TSchema } from 'typebox';
import type { Kind } from '../kinds.ts';
import { channelSchema } from './channel.ts';
import { jobSchema } from './job.ts';
import { nodeSchema } from './node.ts';
import { platformSchema } from './platform.ts';
import { promptSchema } from './prompt.ts';
import { secretsSchema } from './secrets.ts';
import { siteSchema } from './site.ts';
import { skillSchema } from './skill.ts';
import { stackSchema } from './stack.ts';
import { tenantSchema } from './tenant.ts';

/** The TypeBox source of each kind. Only what emits and documents the schemas reads these while it runs. */
export const sources: { readonly [K in Kind]: TSchema } = {
  Platform: platformSchema,
  Node: nodeSchema,
  Channel: channelSchema,
  Tenant: tenantSchema,
  Prompt: promptSchema,
  Skill: skillSchema,
  Job: jobSchema,
  Site: siteSchema,
  Secrets: secretsSchema,
  Stack: stackSchema,
};
