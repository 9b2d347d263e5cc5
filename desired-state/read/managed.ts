import { defaults } from '../../schemas/defaults.ts';
import type { DesiredPrompt, DesiredSkill } from '../model.ts';
import type { Parsed } from './documents.ts';

/** A prompt, of a tenant or of the library; null when its document is invalid. */
export function desiredPrompt({ path, value }: Parsed<'Prompt'>): DesiredPrompt | null {
  if (value === null) return null;
  return { text: value.spec.text, description: value.spec.description ?? '', path };
}

/** A skill, of a tenant or of the library; null when its document is invalid. */
export function desiredSkill({ path, value }: Parsed<'Skill'>): DesiredSkill | null {
  if (value === null) return null;
  const { description, instructions, parameters = {}, enabled = defaults.skill.enabled } = value.spec;
  return { description, instructions, parameters, enabled, path };
}
