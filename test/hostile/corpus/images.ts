import { HERE, type HostileInput, hostile } from '../entry.ts';
import { document, tenant } from '../fleet.ts';

const r = 'registry.example.com/runtime';

/** References that name no single build, or none that Docker could read. */
const references: readonly string[] = [
  'runtime',
  r,
  `${r}:latest`,
  'latest',
  `${r}:`,
  `${r}@`,
  `${r}:sha-REPLACE_WITH_COMMIT`,
  `${r}:main`,
  `${r}:feature/x`,
  `${r}:v1`,
  `${r}:v1.4`,
  `${r}:1`,
  `${r}:sha-4F2C1D9`,
  `${r}:sha-4f2c`,
  `${r}:sha-${'a'.repeat(41)}`,
  `${r}:v1.0.0;id`,
  `${r}:v1.0.0\\n`,
  `${r}:v1.0.0 --privileged`,
  `${r}:\\u0430`,
  `${r}:v1.0.\\u0660`,
  `${r}:${'v'.repeat(129)}`,
  '--help',
  '-v/:/host',
  ' ',
  `${r.toUpperCase()}:v1.0.0`,
  'registry.example.com/Runtime:v1.0.0',
  'registry.example.com/../runtime:v1.0.0',
  'registry.example.com//runtime:v1.0.0',
  '/runtime:v1.0.0',
  'registry.example.com/runtime/:v1.0.0',
  'registry.example.com/run time:v1.0.0',
  `https://${r}:v1.0.0`,
  `docker://${r}:v1.0.0`,
  'user@host/runtime:v1.0.0',
  'user:password@registry.example.com/runtime:v1.0.0',
  'registry.example.com:99999/runtime:v1.0.0',
  'registry.example.com:0/runtime:v1.0.0',
  'registry.example.com:port/runtime:v1.0.0',
  'registry.example.com:123456/runtime:v1.0.0',
  '-registry.example.com/runtime:v1.0.0',
  'registry-.example.com/runtime:v1.0.0',
  '[::1]:5000/runtime:v1.0.0',
  '[fe80::1%25eth0]/runtime:v1.0.0',
  'registry.ex\\u0430mple.com/runtime:v1.0.0',
  `${r}@sha256:${'a'.repeat(63)}`,
  `${r}@sha256:${'a'.repeat(65)}`,
  `${r}@sha256:AB${'a'.repeat(62)}`,
  `${r}@sha256:gh${'a'.repeat(62)}`,
  `${r}@sha512:${'a'.repeat(128)}`,
  `${r}@md5:${'a'.repeat(32)}`,
  `${r}@sha256:${'a'.repeat(64)}@sha256:${'a'.repeat(64)}`,
  `sha256:${'a'.repeat(64)}`,
  'a'.repeat(64),
  `${'a/'.repeat(200)}a:v1.0.0`,
  `${r}:v1.0.0?x=y`,
  `${r}:v1.0.0#x`,
  '$IMAGE',
  '${IMAGE:-x}:v1.0.0',
  '{{ image }}',
  '\\u200bruntime:v1.0.0',
];

const code = 'policy/unpinned-image';
const shown = (ref: string) =>
  ref.length > 70 ? `"${ref.slice(0, 60)}…" of ${ref.length} characters` : `"${ref}"`;

const inPlaces: HostileInput[] = references.flatMap((ref) => [
  hostile(
    `the image ${shown(ref)} of a tenant`,
    tenant('acme').replace('channel: production', `image: ${HERE}"${ref}"`),
    code,
    '/spec/image',
  ),
  hostile(
    `the image ${shown(ref)} of a channel`,
    document('Channel', 'production', `  images: {runtime: ${HERE}"${ref}"}\n`),
    code,
    '/spec/images/runtime',
    { path: 'channels/production.yaml', held: 'everybody' },
  ),
  hostile(
    `the image ${shown(ref)} of a stack`,
    document('Stack', 'tools', `  node: worker-1\n  images: {web: ${HERE}"${ref}"}\n`),
    code,
    '/spec/images/web',
    { path: 'stacks/tools/stack.yaml', held: 'everybody' },
  ),
]);

const otherwise: HostileInput[] = [
  hostile(
    'an empty image',
    tenant('acme').replace('channel: production', `image: ${HERE}""`),
    'schema/min-length',
    '/spec/image',
  ),
  hostile(
    'an image of 600 characters',
    tenant('acme').replace('channel: production', `image: ${HERE}${'a'.repeat(600)}:v1.0.0`),
    'schema/max-length',
    '/spec/image',
  ),
  hostile(
    'an image that is a map',
    tenant('acme').replace('channel: production', `image: ${HERE}{build: .}`),
    'schema/type',
    '/spec/image',
  ),
  hostile(
    'neither image nor channel',
    tenant('acme').replace('  channel: production\n', '').replace('spec:', `${HERE}spec:`),
    'schema/any-of',
    '/spec',
  ),
  hostile(
    'a stack whose Compose file is elsewhere',
    document('Stack', 'tools', `  node: worker-1\n  compose: ${HERE}../../../etc/passwd\n`),
    'schema/pattern',
    '/spec/compose',
    { path: 'stacks/tools/stack.yaml', held: 'everybody' },
  ),
  hostile(
    'a stack whose Compose file is not there',
    document('Stack', 'tools', `  node: worker-1\n  compose: ${HERE}other.yaml\n`),
    'policy/no-compose-file',
    '/spec/compose',
    { path: 'stacks/tools/stack.yaml', held: 'everybody' },
  ),
];

/** Images, wherever one is named. Compose files of stacks are read by nobody yet. */
export const images: readonly HostileInput[] = [...inPlaces, ...otherwise];
