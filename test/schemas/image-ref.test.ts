import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseImageRef, pinProblem } from '../../schemas/image-ref.ts';

const digest = `sha256:${'4f2c1d9e'.repeat(8)}`;

test.each([
  `registry.example.com/runtime@${digest}`,
  `registry.example.com/runtime:latest@${digest}`,
  'registry.example.com:5000/team/runtime:sha-4f2c1d9',
  'runtime:sha-4f2c1d9e0b7a8c6d5e4f3a2b1c0d9e8f7a6b5c4d',
  'tenantry/runtime:sha-4f2c1d9-r1',
  'localhost/runtime:v1.4.2',
  'runtime:1.4.2',
  'runtime:v1.4.2-rc.1',
])('The image %s names one build', (text) => {
  expect(pinProblem(text)).toBeNull();
});

test.each([
  ['runtime', 'The image has no tag, which means `latest`'],
  ['registry.example.com:5000/runtime', 'The image has no tag'],
  ['runtime:latest', 'The tag `latest` moves'],
  ['runtime:main', 'The tag `main` may move, as the name of a branch does'],
  ['runtime:feature-x', 'The tag `feature-x` may move'],
  ['runtime:v1', 'moves with every release below it'],
  ['runtime:1.4', 'moves with every release below it'],
  ['runtime:sha-REPLACE_WITH_COMMIT', 'is a placeholder'],
  ['runtime:sha-4F2C1D9', 'lower-case hexadecimal'],
  ['runtime:sha-4f2c', '7 to 40'],
  ['runtime:sha-4f2c1d9-r', '7 to 40'],
  ['--help', 'begins with `-`'],
  ['-rm:v1.4.2', 'begins with `-`'],
  ['Runtime:v1.4.2', 'lower-case'],
  ['runtime:v1.4.2 ', 'white space'],
  ['run time:v1.4.2', 'white space'],
  ['runtime:v1.4.2\n', 'white space'],
  ['', 'is empty'],
  ['https://registry.example.com/runtime:v1.4.2', 'leave out the scheme'],
  ['runtime@sha256:4f2c', '64 lower-case hexadecimal digits'],
  ['../runtime:v1.4.2', 'Docker cannot read'],
  ['registry.example.com/:v1.4.2', 'Docker cannot read'],
  ['runtime:v1.4.2;id', 'Docker cannot read'],
  ['rünt:v1.4.2', 'Docker cannot read'],
  ['registry.example.com:99999/runtime:v1.4.2', 'Docker cannot read'],
  ['registry.example.com:0/runtime:v1.4.2', 'Docker cannot read'],
  ['registry-.example.com/runtime:v1.4.2', 'Docker cannot read'],
  [`registry.example.com/${'a/'.repeat(120)}a:v1.4.2`, 'Docker cannot read'],
])('The image %j is refused: %s', (text, sentence) => {
  expect(pinProblem(text)).toContain(sentence);
});

test('A reference is taken apart into registry, repository, tag and digest', () => {
  expect(parseImageRef(`registry.example.com:5000/team/runtime:v1.4.2@${digest}`)).toEqual({
    registry: 'registry.example.com:5000',
    repository: 'team/runtime',
    tag: 'v1.4.2',
    digest,
  });
  expect(parseImageRef('team/runtime')).toEqual({
    registry: null,
    repository: 'team/runtime',
    tag: null,
    digest: null,
  });
});

test('Any text gets an answer, and a pinned one always parses and has a tag or a digest', () => {
  const part = fc.constantFrom(
    'runtime',
    'a.b',
    ':',
    '/',
    '@',
    'sha-',
    '4f2c1d9',
    'v1.4.2',
    '-',
    ' ',
    'A',
    digest,
    '.',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (text) => {
        const problem = pinProblem(text);
        if (problem !== null) expect(problem).toMatch(/\.$/);
        else {
          const ref = parseImageRef(text);
          expect(ref?.tag ?? ref?.digest).toEqual(expect.any(String));
          expect(text).toMatch(/^[A-Za-z0-9]/);
        }
      },
    ),
  );
});
