import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../schemas/problem.ts';
import { parseDocument } from '../../schemas/validate.ts';
import { bytes, examples, oracle } from './documents.ts';

function problems(path: string, text: string): string[] {
  const parsed = parseDocument(path, bytes(text));
  if (parsed.problems.length > 0) expect(parsed.value).toBeNull();
  return parsed.problems.map(formatProblem);
}

const tenant = (spec: string, metadata = '{name: acme}') =>
  `apiVersion: tenantry.dev/v1\nkind: Tenant\nmetadata: ${metadata}\nspec:\n  owner: ops@acme.example\n  node: worker-1\n  channel: production\n${spec}`;

/** Problems of a tenant whose spec has these lines more; the first of them is line 8. */
const tenantProblems = (spec: string) => problems('tenants/acme/tenant.yaml', tenant(spec));

describe('fields', () => {
  test.each([
    ['  ownr: x', '8:3: `spec` has no field `ownr`; did you mean `owner`? (/spec/ownr)'],
    [
      '  runtime: {state: runing}',
      '8:20: `spec.runtime.state` must be `running` or `stopped`; did you mean `running` instead of `runing`? (/spec/runtime/state)',
    ],
    [
      '  runtime: {state: on}',
      '8:20: `spec.runtime.state` must be `running` or `stopped`, and not `on`. (/spec/runtime/state)',
    ],
    [
      '  runtime: {privileged: true}',
      '8:13: `spec.runtime` has no field `privileged`: a tenant never gets the rights of its host, so that none can reach another; remove it. (/spec/runtime/privileged)',
    ],
    [
      '  suspend: {until: 2026-12-01T00:00Z, reason: x}',
      '8:3: `spec.suspend` lacks the field `owner` (Who asked for it); add it. (/spec/suspend/owner)',
    ],
    [
      '  plan: Pro',
      '8:9: `spec.plan` must be a lower-case DNS label: a-z, 0-9 and `-` in between, as in `acme-shop`. (/spec/plan)',
    ],
    ['  whatsapp: {port: 70000}', '8:20: `spec.whatsapp.port` must be at most 65535. (/spec/whatsapp/port)'],
    [
      '  whatsapp: {port: "8080"}',
      '8:20: `spec.whatsapp.port` must be a whole number; remove the quotes. (/spec/whatsapp/port)',
    ],
    [
      '  config:',
      '8:10: `spec.config` must be a map of fields (`name: value` lines), and there is nothing after the colon; write a value, or remove the line. (/spec/config)',
    ],
    [
      '  runtime: {command: /bin/app}',
      '8:22: `spec.runtime.command` must be a list (`- item` lines, or `[a, b]`); write a single entry as a list too. (/spec/runtime/command)',
    ],
    [
      '  runtime: {resources: {memory: 1.5Gi}}',
      '8:33: `spec.runtime.resources.memory` must be a whole number with Ki, Mi or Gi, as in `512Mi` or `1Gi` (1.5Gi is `1536Mi`). (/spec/runtime/resources/memory)',
    ],
    [
      '  runtime: {resources: {pids: 2.5}}',
      '8:31: `spec.runtime.resources.pids` must be a whole number, without a fraction. (/spec/runtime/resources/pids)',
    ],
    [
      '  library: {prompts: [a, a]}',
      '8:22: `spec.library.prompts` holds the entries 1 and 0 (counted from 0), which are the same; keep one. (/spec/library/prompts)',
    ],
    [
      '  suspend: {until: 2026-12-01, reason: x, owner: a@b.example}',
      '8:20: `spec.suspend.until` must be a date and time with its zone, as in `2026-12-01T00:00Z`. (/spec/suspend/until)',
    ],
    [
      '  suspend: {until: 2026-02-30T00:00Z, reason: x, owner: a@b.example}',
      '8:20: No calendar has this day; write one that there is. (/spec/suspend/until)',
    ],
    [
      '  suspend: {until: 2026-12-01T00:00Z, reason: x, owner: ops}',
      '8:57: `spec.suspend.owner` must be an e-mail address, as in `ops@example.com`. (/spec/suspend/owner)',
    ],
  ])('%s', (spec, expected) => {
    expect(tenantProblems(spec)).toEqual([`tenants/acme/tenant.yaml:${expected}`]);
  });
});

describe('texts that YAML reads as something else', () => {
  test.each([
    [
      '  runtime: {env: {PORT: 8080}}',
      '`spec.runtime.env.PORT` must be a text, and `8080` without quotes is read as a number; write "8080".',
    ],
    [
      '  runtime: {env: {TAG: 1.10}}',
      '`spec.runtime.env.TAG` must be a text, and `1.10` without quotes is read as a number; write "1.10".',
    ],
    [
      '  runtime: {env: {SIZE: 1e3}}',
      '`spec.runtime.env.SIZE` must be a text, and `1e3` without quotes is read as a number; write "1e3".',
    ],
    [
      '  runtime: {env: {DEBUG: True}}',
      '`spec.runtime.env.DEBUG` must be a text, and `True` without quotes is read as true or false; write "True".',
    ],
    [
      '  whatsapp: {pairing: 1}',
      '`spec.whatsapp.pairing` must be a text, and `1` without quotes is read as a number; write "1".',
    ],
    [
      '  runtime: {readOnlyRoot: NO}',
      '`spec.runtime.readOnlyRoot` must be `true` or `false`, and `NO` is a text in YAML 1.2; write false without quotes.',
    ],
  ])('%s', (spec, message) => {
    expect(
      parseDocument('tenants/acme/tenant.yaml', bytes(tenant(spec))).problems.map((p) => p.message),
    ).toEqual([message]);
  });

  test('NO, on and yes are texts where texts are wanted', () => {
    expect(tenantProblems('  runtime: {env: {COUNTRY: NO, A: on, B: yes}}')).toEqual([]);
  });
});

describe('alternatives', () => {
  test.each([
    [
      '  runtime: {health: {interval: 5s}}',
      '8:21: `spec.runtime.health` needs exactly one of `http` and `exec`; add one. (/spec/runtime/health)',
    ],
    [
      '  runtime: {health: {http: {path: /, port: 80}, exec: {command: [a]}}}',
      '8:21: `spec.runtime.health` takes only one of `http` and `exec`; keep one of `http` and `exec`. (/spec/runtime/health)',
    ],
    [
      '  runtime: {health: {http: {path: x, port: 80}}}',
      '8:35: `spec.runtime.health.http.path` must be an HTTP path that begins with `/`, as in `/api/health`. (/spec/runtime/health/http/path)',
    ],
    [
      '  runtime: {secrets: [A, {name: B, as: evn}]}',
      '8:40: `spec.runtime.secrets.1.as` must be `file` or `env`; did you mean `env` instead of `evn`? (/spec/runtime/secrets/1/as)',
    ],
    [
      '  runtime: {secrets: [A, 5]}',
      '8:26: `spec.runtime.secrets.1` must be a text or a map `{name, as}`. (/spec/runtime/secrets/1)',
    ],
  ])('%s', (spec, expected) => {
    expect(tenantProblems(spec)).toEqual([`tenants/acme/tenant.yaml:${expected}`]);
  });

  test('A tenant names a channel or an image', () => {
    expect(problems('tenants/acme/tenant.yaml', tenant('').replace('  channel: production\n', ''))).toEqual([
      'tenants/acme/tenant.yaml:4:1: `spec` needs `channel` or `image`; add one of them. (/spec)',
    ]);
  });

  test('The defaults of the platform may hold timing without a probe, and not both probes', () => {
    const platform = (health: string) =>
      `apiVersion: tenantry.dev/v1\nkind: Platform\nmetadata: {name: example}\nspec: {defaults: {runtime: {health: ${health}}}}\n`;
    expect(problems('tenantry.yaml', platform('{interval: 5s}'))).toEqual([]);
    expect(problems('tenantry.yaml', platform('{http: {path: /, port: 80}, exec: {command: [a]}}'))).toEqual([
      'tenantry.yaml:4:37: `spec.defaults.runtime.health` combines fields that exclude each other (`http` and `exec`); keep one. (/spec/defaults/runtime/health)',
    ]);
  });
});

describe('names and paths', () => {
  test('Name and path agree', () => {
    expect(problems('tenants/globex/tenant.yaml', tenant(''))).toEqual([
      'tenants/globex/tenant.yaml:3:18: The name is `acme`, and the path says `globex`; make them agree by editing one or renaming the file. (/metadata/name)',
    ]);
  });

  test('Kind and path agree, and nothing else is said of a file in the wrong place', () => {
    expect(problems('tenants/acme/prompts/acme.yaml', tenant(''))).toEqual([
      'tenants/acme/prompts/acme.yaml:2:7: This is the place of a Prompt, and the file says `kind: Tenant`; correct the kind, or move the file to `tenants/<tenant>/tenant.yaml`. (/kind)',
    ]);
    expect(problems('nodes/x.yaml', 'kind: Server\n')).toEqual([
      'nodes/x.yaml:1:7: `kind` must be `Node` in this place. (/kind)',
    ]);
  });

  test('A path that no name can match is refused', () => {
    expect(problems('tenants/Acme/tenant.yaml', tenant('', '{name: acme}'))[0]).toBe(
      'tenants/Acme/tenant.yaml:1:1: The name `Acme` in the path must be a lower-case DNS label: a-z, 0-9 and `-` in between, as in `acme-shop`; rename it.',
    );
  });

  test('A file that is none of ours is reported once or left alone', () => {
    expect(problems('tenants/acme/promts/x.yaml', 'anything: at all')).toEqual([
      'tenants/acme/promts/x.yaml:1:1: Tenantry reads no folder `promts/` there; did you mean `prompts/`?',
    ]);
    expect(problems('README.md', '# {[')).toEqual([]);
    expect(parseDocument('stacks/x/compose.yaml', bytes('services: {}')).kind).toBeNull();
  });

  test.each(['../x', '-rm', 'a;id', 'a\\n', '..%2f..', '/etc', 'аcme', 'Acme', 'a', 'x'.repeat(41)])(
    'The tenant name %j is refused',
    (name) => {
      const parsed = parseDocument('tenants/acme/tenant.yaml', bytes(tenant('', `{name: "${name}"}`)));
      expect(parsed.problems.map((p) => p.pointer)).toContain('/metadata/name');
    },
  );

  test('Reserved variables and labels are refused at their keys', () => {
    expect(tenantProblems('  runtime: {env: {A: x, TENANTRY_NODE: y}}')[0]).toMatch(
      /^tenants\/acme\/tenant.yaml:8:25: .*kept for Tenantry itself/,
    );
    const labelled = tenant('', '{name: acme, labels: {dev.tenantry.owner: x}}');
    expect(problems('tenants/acme/tenant.yaml', labelled)[0]).toMatch(/:3:33: .*kept for Tenantry itself/);
  });

  test.each([
    '/',
    '/../x',
    '/data/../etc',
    'data',
    '/run/secrets',
    '/run/secrets/x',
    '/etc/tenantry',
    '/proc/1',
    '/sys',
    '/dev/shm',
    '/data/',
    '//x',
    '/a b',
  ])('The mount path %s is refused', (path) => {
    const [problem] = tenantProblems(`  runtime: {volumes: [{name: v, mountPath: "${path}"}]}`);
    expect(problem).toContain('must be an absolute path without `..`');
  });
});

describe('policies that one document shows', () => {
  test('Pins, environments, duplicates and credentials are reported with their places', () => {
    const text = tenant(`  image: registry.example.com/runtime:latest
  runtime:
    env: {CONTROL_PRIVATE_IP: "default:pw@10.0.0.2", REDIS_URL: "redis://default:hunter2@10.0.0.2"}
    secrets: [TOKEN, {name: TOKEN, as: env}]
    resources: {memory: 1Mi}
    volumes:
      - {name: data, mountPath: /data}
      - {name: data, mountPath: /tmp}
    tmpfs: [{path: /tmp}]
  config: {deep: [{key: AKIAIOSFODNN7EXAMPLE}]}
`);
    const parsed = parseDocument('tenants/acme/tenant.yaml', bytes(text));
    expect(parsed.problems.map((p) => `${p.line}:${p.column} ${p.code} ${p.pointer}`)).toEqual([
      '8:10 policy/unpinned-image /spec/image',
      '10:31 policy/control-private-ip /spec/runtime/env/CONTROL_PRIVATE_IP',
      '10:65 policy/plain-secret /spec/runtime/env/REDIS_URL',
      '11:22 policy/duplicate /spec/runtime/secrets/1',
      '12:25 policy/too-little-memory /spec/runtime/resources/memory',
      '15:16 policy/duplicate /spec/runtime/volumes/1/name',
      '16:20 policy/duplicate /spec/runtime/tmpfs/0/path',
      '17:25 policy/plain-secret /spec/config/deep/0/key',
    ]);
    const told = parsed.problems.map((p) => p.message).join('\n');
    for (const secret of ['hunter2', 'AKIAIOSFODNN7EXAMPLE']) expect(told).not.toContain(secret);
  });

  test('The same holds for the environments of the platform and of nodes, and for the images of channels and stacks', () => {
    const head = (kind: string, name: string) =>
      `apiVersion: tenantry.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`;
    const codes = (path: string, text: string) =>
      parseDocument(path, bytes(text)).problems.map((p) => p.code);
    const env = '{CONTROL_PRIVATE_IP: "10.0.0.2:80", KEY: ghp_A1b2C3d4E5f6G7h8A1b2C3d4}';
    const both = ['policy/control-private-ip', 'policy/plain-secret'];
    expect(
      codes('tenantry.yaml', `${head('Platform', 'x')}spec: {defaults: {runtime: {env: ${env}}}}\n`),
    ).toEqual(both);
    expect(codes('nodes/x.yaml', `${head('Node', 'x')}spec: {environment: ${env}}\n`)).toEqual(both);
    const unpinned = ['policy/unpinned-image'];
    expect(codes('channels/x.yaml', `${head('Channel', 'x')}spec: {images: {runtime: "a:main"}}\n`)).toEqual(
      unpinned,
    );
    expect(codes('stacks/x/stack.yaml', `${head('Stack', 'x')}spec: {node: n, images: {web: a}}\n`)).toEqual(
      unpinned,
    );
  });

  test('Schedules, time zones and waves that cannot be are refused', () => {
    const head = (kind: string) => `apiVersion: tenantry.dev/v1\nkind: ${kind}\nmetadata: {name: x}\n`;
    expect(
      problems(
        'tenants/acme/jobs/x.yaml',
        `${head('Job')}spec: {schedule: "0 24 * * *", timezone: Europe/Atlantis, command: [a]}\n`,
      ),
    ).toEqual([
      'tenants/acme/jobs/x.yaml:4:18: The hour of the schedule is `24`, which cannot be; use 0 to 23, `*`, `a-b`, `*/n` and commas. (/spec/schedule)',
      'tenants/acme/jobs/x.yaml:4:42: There is no such time zone; use an IANA name, as in `Europe/Berlin` or `UTC`. (/spec/timezone)',
    ]);
    expect(
      problems(
        'channels/x.yaml',
        `${head('Channel')}spec: {images: {runtime: "a:v1.0.0"}, rollout: {waves: [{percent: 50}, {percent: 10}]}}\n`,
      ),
    ).toEqual([
      'channels/x.yaml:4:82: Each wave must reach more tenants than the one before; raise the percentage or drop the wave. (/spec/rollout/waves/1/percent)',
    ]);
  });

  test('A secret in plain text is refused with the command that encrypts it, and never repeated', () => {
    const text = (value: string) =>
      `apiVersion: tenantry.dev/v1\nkind: Secrets\nmetadata: {name: acme}\nspec:\n  values:\n    API_KEY: ${value}\n`;
    for (const value of ['hunter2', '12345678', 'yes', '{hunter2: hunter2}', '49170123456789012345']) {
      const told = problems('tenants/acme/secrets.yaml', text(value)).join('\n');
      expect(told).toMatch(/^tenants\/acme\/secrets\.yaml:6:14: /);
      for (const part of ['12345678', '49170']) expect(told).not.toContain(part);
      expect(told).not.toContain('hunter2');
    }
    expect(problems('tenants/acme/secrets.yaml', text('hunter2'))[0]).toContain(
      '`tenantry secret set acme API_KEY`',
    );
  });
});

describe('hostile content', () => {
  test('Long texts that try every pattern are judged without backtracking', () => {
    const long = (unit: string) => unit.repeat(Math.floor(40_000 / unit.length));
    for (const unit of ['a-', 'a.', 'a/', '/a', '-_', '0', '1ms', 'sk-', 'a://b:', '@a', '5,']) {
      const text = JSON.stringify(`${long(unit)}!`);
      const spec = `  image: ${text}\n  subdomain: ${text}\n  config: {a: ${text}}\n  runtime: {user: ${text}, env: {A: ${text}}}\n`;
      const found = parseDocument('tenants/acme/tenant.yaml', bytes(tenant(spec))).problems;
      expect(found.map((p) => p.pointer)).toContain('/spec/subdomain');
    }
  });

  test('A $ref in a document is a field like any other, and nothing is fetched', () => {
    expect(tenantProblems('  $ref: https://example.com/schema.json')[0]).toContain('has no field `$ref`');
  });

  test('Examples with any bytes changed never throw; what is still accepted reads alike in the second parser', () => {
    const all = examples();
    const edit = fc.record({
      at: fc.nat(2_000),
      drop: fc.nat(4),
      put: fc.oneof(
        fc.constantFrom('\n', ' ', '\t', ': ', '"', '&a ', '*a', '- ', '{', '}', '~', '1', '<<', '\0'),
        fc.string({ maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        ({ path, text }, edits) => {
          let changed = text;
          for (const { at, drop, put } of edits) {
            const start = at % (changed.length + 1);
            changed = changed.slice(0, start) + put + changed.slice(start + drop);
          }
          const parsed = parseDocument(path, bytes(changed));
          for (const problem of parsed.problems) {
            expect(problem.line).toBeGreaterThanOrEqual(1);
            expect(problem.line).toBeLessThanOrEqual(changed.split('\n').length);
            expect(problem.column).toBeGreaterThanOrEqual(1);
            expect(problem.message).toMatch(/[.?]$/);
          }
          const second = parsed.value === null ? null : oracle(changed);
          if (second !== null) expect(second.value).toEqual(parsed.value);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('Arbitrary bytes at arbitrary paths never throw', () => {
    const path = fc.oneof(fc.constantFrom(...examples().map((example) => example.path)), fc.string());
    fc.assert(
      fc.property(path, fc.oneof(fc.uint8Array(), fc.string().map(bytes)), (where, content) => {
        const parsed = parseDocument(where, content);
        expect(parsed.path).toBe(where);
        expect(parsed.value !== null && parsed.problems.length > 0).toBe(false);
      }),
    );
  });
});
