import { expect, test } from 'vitest';
import { controlPrivateIpProblem, environmentProblem, redisUrlProblem } from '../../schemas/environment.ts';
import { plainSecret, urlPassword } from '../../schemas/plain-secret.ts';

test.each(['10.0.0.2', '::1', 'fd00::2'])('CONTROL_PRIVATE_IP may be %s', (value) => {
  expect(environmentProblem('CONTROL_PRIVATE_IP', value, 'acme')).toBeNull();
});

test.each([
  ['default:pw@10.0.0.2', 'leave out the credentials'],
  ['redis://10.0.0.2', 'leave out the scheme'],
  ['10.0.0.2:6379', 'leave out the port'],
  ['[fd00::2]:6379', 'leave out the brackets'],
  ['10.0.0.0/16', 'leave out the slash'],
  ['control.internal', 'this is neither'],
  ['10.0.0.256', 'this is neither'],
  ['fe80::1%eth0', 'this is neither'],
  ['', 'this is neither'],
])('CONTROL_PRIVATE_IP %j is refused: %s', (value, sentence) => {
  expect(controlPrivateIpProblem(value)).toContain(sentence);
  expect(environmentProblem('CONTROL_PRIVATE_IP', value, 'acme')?.code).toBe('policy/control-private-ip');
});

test.each([
  'redis://default:pw@10.0.0.2',
  'redis://default:pw@10.0.0.2:6379/0',
  'rediss://:pw@redis.internal:6380',
  'redis://default:p%40w@[fd00::2]:6379',
])('REDIS_URL as a secret may be %s', (value) => {
  expect(redisUrlProblem(value)).toBeNull();
});

test.each([
  ['default:pw@10.0.0.2', 'it must begin with redis:// or rediss://'],
  ['10.0.0.2', 'it must begin with redis:// or rediss://'],
  ['http://default:pw@10.0.0.2', 'the scheme must be'],
  ['redis://10.0.0.2:6379', 'the password is missing'],
  ['redis://default@10.0.0.2', 'the password is missing'],
  ['redis://default:pw@', 'cannot be read'],
  ['redis://default:pw@10.0.0.2:port', 'cannot be read'],
  ['redis://default:pw@10.0.0.2\n', 'white space'],
])('REDIS_URL %j is refused: %s', (value, sentence) => {
  const problem = redisUrlProblem(value);
  expect(problem).toContain(sentence);
  expect(problem).not.toContain('pw@10');
});

test('A whole REDIS_URL in plain text is refused, and the command to store it is in the message', () => {
  const problem = environmentProblem('REDIS_URL', 'redis://default:hunter2@10.0.0.2', 'acme');
  expect(problem?.code).toBe('policy/plain-secret');
  expect(problem?.message).toContain('`tenantry secret set acme REDIS_URL`');
  expect(problem?.message).not.toContain('hunter2');
});

test('A REDIS_URL that is no URL is refused as such, also where it is plain text', () => {
  const problem = environmentProblem('REDIS_URL', 'default:hunter2@10.0.0.2', 'acme');
  expect(problem?.code).toBe('policy/redis-url');
  expect(problem?.message).toContain('`tenantry secret set acme REDIS_URL`');
  expect(problem?.message).not.toContain('hunter2');
});

const tail = 'A1b2C3d4E5f6G7h8';
const credentials = [
  `sk-${tail}`,
  `sk-proj-${tail}`,
  `ghp_${tail}${tail}`,
  `github_pat_${tail}${tail}`,
  `glpat-${tail}`,
  `xoxb-${tail}`,
  'AKIAIOSFODNN7EXAMPLE',
  `AIza${tail}${tail}abc`,
  '-----BEGIN RSA PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN OPENSSH PRIVATE KEY-----',
  `AGE-SECRET-KEY-1${tail.toUpperCase()}`,
  'postgres://app:hunter2@db.internal/app',
];

test.each(credentials)('The credential %s is refused in plain text, and not repeated', (credential) => {
  for (const value of [credential, `before ${credential} after`]) {
    const problem = environmentProblem('SOMETHING', value, 'acme');
    expect(problem?.code).toBe('policy/plain-secret');
    expect(problem?.message).toContain('`tenantry secret set acme SOMETHING`');
    expect(problem?.message).not.toContain(credential);
  }
});

test.each([
  'info',
  'ask-somebody-who-knows-this',
  'sk-learn-feature-extraction',
  'task-1234567890123456',
  'https://example.com:8443/a@b',
  'https://user@example.com/',
  'AKIA',
  'redis://10.0.0.2:6379',
  '-----BEGIN PUBLIC KEY-----',
  'ghp_short',
])('The ordinary value %s is left alone', (value) => {
  expect(plainSecret(value)).toBeNull();
  expect(urlPassword(value)).toBe(false);
});
