import Type, { type Static } from 'typebox';
import { defaults } from '../defaults.ts';
import { patterns } from '../patterns.ts';
import { closed, envelope, mapOf, oneWord } from './envelope.ts';
import { name, port, tenantName } from './fields.ts';

const d = defaults.site;

const target = closed(
  'What answers. Exactly one of `tenant`, `upstream`, `redirect` and `static`.',
  {
    tenant: Type.Optional(
      closed("A tenant's runtime.", {
        name: tenantName("The tenant; a site in a tenant's folder may only name that tenant."),
        port: port('Port in the container.'),
      }),
    ),
    upstream: Type.Optional(
      Type.String({
        description: 'Another server, by its address.',
        pattern: patterns.upstream.source,
        maxLength: 1_024,
      }),
    ),
    redirect: Type.Optional(
      closed('Another address that visitors are sent to.', {
        to: Type.String({ description: 'The address.', pattern: patterns.redirect.source, maxLength: 2_048 }),
        status: Type.Optional(
          Type.Unsafe<301 | 302 | 307 | 308>({
            type: 'integer',
            enum: [301, 302, 307, 308],
            description: 'HTTP status.',
            default: d.redirectStatus,
          }),
        ),
      }),
    ),
    static: Type.Optional(
      closed('A fixed answer, such as a maintenance page.', {
        status: Type.Optional(
          Type.Integer({ description: 'HTTP status.', minimum: 200, maximum: 599, default: d.staticStatus }),
        ),
        contentType: Type.Optional(
          oneWord('Type of the body.', ['text/plain', 'text/html', 'application/json'], {
            default: 'text/plain',
          }),
        ),
        body: Type.String({ description: 'The body.', maxLength: 65_536 }),
      }),
    ),
  },
  {
    oneOf: [
      { required: ['tenant'] },
      { required: ['upstream'] },
      { required: ['redirect'] },
      { required: ['static'] },
    ],
  },
);

const spec = closed('Domains and what answers there.', {
  node: Type.Optional(name("Node whose ingress serves it; a tenant's site is served by the tenant's node.")),
  domains: Type.Array(
    Type.String({
      description: 'A domain; each belongs to one site.',
      pattern: patterns.domain.source,
      maxLength: 253,
    }),
    { description: 'Domains of the site.', minItems: 1, maxItems: 100, uniqueItems: true },
  ),
  target,
  tls: Type.Optional(
    oneWord(
      "`auto` gets a public certificate, `internal` one of the node's own authority, `off` serves plain HTTP.",
      ['auto', 'internal', 'off'],
      { default: d.tls },
    ),
  ),
  basicAuth: Type.Optional(
    closed('Asks for a user name and a password.', {
      realm: Type.Optional(
        Type.String({
          description: 'What the browser shows.',
          pattern: patterns.realm.source,
          maxLength: 100,
          default: d.realm,
        }),
      ),
      users: mapOf(
        'bcrypt hashes of passwords, by user name.',
        patterns.basicUser,
        Type.String({ description: 'A bcrypt hash.', pattern: patterns.bcrypt.source }),
        { minProperties: 1 },
      ),
    }),
  ),
});

export const siteSchema = envelope('Site', spec, {
  description: 'Domains on an ingress, of one tenant or of the platform.',
  name: 'Name of the site, the same as its file.',
  examples: [
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Site',
      metadata: { name: 'shop' },
      spec: {
        node: 'worker-1',
        domains: ['shop.example.com', 'www.shop.example.com'],
        target: { tenant: { name: 'acme', port: 8080 } },
        tls: 'auto',
      },
    },
    {
      apiVersion: 'tenantry.dev/v1',
      kind: 'Site',
      metadata: { name: 'old-shop' },
      spec: {
        node: 'worker-1',
        domains: ['old.example.com'],
        target: { redirect: { to: 'https://shop.example.com/', status: 308 } },
      },
    },
  ],
});

export type Site = Static<typeof siteSchema>;
