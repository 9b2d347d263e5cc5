import Type, { type Static } from 'typebox';
import { patterns } from '../patterns.ts';
import { closed, envelope, mapOf } from './envelope.ts';
import { TENANT_NAME_LENGTH } from './fields.ts';

const spec = closed('Encrypted values by name.', {
  values: mapOf(
    'Names in clear, values encrypted with age. Written by `tenantry secret set`, never by hand.',
    patterns.envName,
    Type.String({ description: 'ASCII-armored age ciphertext.', pattern: patterns.sealed.source }),
  ),
});

export const secretsSchema = envelope('Secrets', spec, {
  description: "A tenant's secrets, encrypted to the key of its node and to the operators' recovery keys.",
  name: 'Name of the tenant, the same as the folder.',
  nameLength: TENANT_NAME_LENGTH,
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Secrets',
      metadata: { name: 'acme' },
      spec: {
        values: {
          OPENAI_API_KEY:
            '-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOQ==\n-----END AGE ENCRYPTED FILE-----\n',
        },
      },
    },
  ],
});

export type Secrets = Static<typeof secretsSchema>;
