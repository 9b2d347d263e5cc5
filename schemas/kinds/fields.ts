import Type from 'typebox';
import { patterns } from '../patterns.ts';
import { mapOf } from './envelope.ts';

type Options = { readonly [keyword: string]: unknown };

/** Fields that several kinds share: one pattern, one limit, one place. */
export const name = (description: string, options: Options = {}) =>
  Type.String({ description, pattern: patterns.name.source, maxLength: 63, ...options });

/** A tenant's name. Docker names and host names derive from it, hence the shorter limit. */
export const tenantName = (description: string) =>
  Type.String({ description, pattern: patterns.name.source, ...TENANT_NAME_LENGTH });

export const TENANT_NAME_LENGTH = { minLength: 2, maxLength: 40 } as const;

export const duration = (description: string, options: Options = {}) =>
  Type.String({ description, pattern: patterns.duration.source, ...options });

export const positiveDuration = (description: string, options: Options = {}) =>
  Type.String({ description, pattern: patterns.positiveDuration.source, ...options });

export const size = (description: string, options: Options = {}) =>
  Type.String({ description, pattern: patterns.size.source, ...options });

export const cpus = (description: string, options: Options = {}) =>
  Type.Number({ description, minimum: 0.01, maximum: 512, ...options });

export const pids = (description: string, options: Options = {}) =>
  Type.Integer({ description, minimum: 4, maximum: 4_194_304, ...options });

export const port = (description: string, options: Options = {}) =>
  Type.Integer({ description, minimum: 1, maximum: 65_535, ...options });

export const email = (description: string) => Type.String({ description, format: 'email', maxLength: 254 });

export const imageRef = (description: string) => Type.String({ description, minLength: 1, maxLength: 512 });

export const ageRecipient = (description: string) =>
  Type.String({ description, pattern: patterns.ageRecipient.source });

/** A map of environment variables; values are texts, numbers want quotes. */
export const environment = (description: string) =>
  mapOf(description, patterns.envName, Type.String({ maxLength: 32_768 }));

/** An argument vector; never a shell line. */
export const argv = (description: string) =>
  Type.Array(Type.String({ description: 'One argument.', maxLength: 8_192 }), {
    description,
    minItems: 1,
    maxItems: 128,
  });
