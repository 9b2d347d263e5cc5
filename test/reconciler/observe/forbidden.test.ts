import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ContainerInspect } from '../../../reconciler/engine-api.ts';
import { forbiddenSettings } from '../../../reconciler/observe/forbidden.ts';
import { normaliseContainer } from '../../../reconciler/observe/normalise.ts';
import { diffContainer } from '../../../reconciler/plan/diff.ts';
import { impactOf } from '../../../reconciler/plan/impact.ts';
import { foreignValues, operatorFields } from '../../support/host-config.ts';
import { type OurContainer, ourContainer } from '../../support/our-container.ts';

let ours: OurContainer;
beforeAll(async () => {
  const volumes = [{ name: 'state', mountPath: '/data/state', backup: true }];
  ours = await ourContainer({ volumes, user: '1000' });
});

/** Fields that have a name of their own in a container's spec: any value there is a difference by that name. */
const compared: Readonly<Record<string, RegExp>> = {
  Memory: /^memoryBytes$/,
  MemorySwap: /^memorySwapBytes$/,
  NanoCpus: /^nanoCpus$/,
  PidsLimit: /^pids$/,
  RestartPolicy: /^restartPolicy$/,
  ReadonlyRootfs: /^readOnlyRoot$/,
  Tmpfs: /^tmpfs\./,
  Mounts: /^(mounts|forbidden)\./,
};

const withHost = (host: Readonly<Record<string, unknown>>): ContainerInspect => ({
  ...ours.inspect,
  HostConfig: { ...ours.inspect.HostConfig, ...host },
});

const differences = (inspect: ContainerInspect) =>
  diffContainer(
    ours.wanted.container.spec,
    normaliseContainer(inspect, ours.image, (name) => ({ secret: name, fingerprint: null })),
  );

const cases = Object.entries(foreignValues).flatMap(([field, values]) =>
  values.map((value): [string, unknown] => [field, value]),
);

describe('INV-23: a container may have only what the allow-list names', () => {
  test('a container of ours has nothing else', () => {
    expect(forbiddenSettings(ours.inspect)).toEqual({});
    expect(differences(ours.inspect)).toEqual([]);
  });

  test.each(cases)('%s of %j is a difference', (field, value) => {
    const paths = differences(withHost({ [field]: value })).map(({ path }) => path);
    expect(paths.length).toBeGreaterThan(0);
    const expected = compared[field] ?? new RegExp(`^forbidden\\.${field}$`);
    expect(paths.filter((path) => !expected.test(path))).toEqual([]);
  });

  test.each(cases.filter(([field]) => compared[field] === undefined))(
    '%s of %j is reported by its name and value, and only a new container mends it',
    (field, value) => {
      const inspect = withHost({ [field]: value });
      expect(forbiddenSettings(inspect)).toEqual({ [field]: value });
      expect(differences(inspect).map(impactOf)).toEqual(['replace']);
    },
  );

  test('a field that no engine has today is reported when it holds something', () => {
    const name = fc
      .stringMatching(/^[A-Z][A-Za-z]{2,20}$/)
      .filter((field) => !(field in foreignValues) && !operatorFields.includes(field));
    const value = fc.oneof(
      fc.constant(true),
      fc.integer().filter((number) => number !== 0),
      fc.string({ minLength: 1 }),
      fc.array(fc.string(), { minLength: 1 }),
      fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 }),
    );
    fc.assert(
      fc.property(name, value, (field, held) => {
        expect(forbiddenSettings(withHost({ [field]: held }))).toEqual({ [field]: held });
      }),
    );
  });

  test('what is empty says nothing, in whatever way an engine writes it', () => {
    const empty = fc.constantFrom(null, undefined, false, 0, '', [], {});
    const field = fc.constantFrom(
      ...Object.keys(foreignValues).filter(
        (name) =>
          compared[name] === undefined &&
          !['CapDrop', 'SecurityOpt', 'LogConfig', 'MaskedPaths', 'ReadonlyPaths', 'NetworkMode'].includes(
            name,
          ),
      ),
    );
    fc.assert(
      fc.property(field, empty, (name, value) => {
        expect(forbiddenSettings(withHost({ [name]: value }))).toEqual({});
      }),
    );
  });

  test.each(['CapDrop', 'SecurityOpt', 'LogConfig', 'MaskedPaths', 'ReadonlyPaths'])(
    'a protection that is not there at all is reported: %s',
    (field) => {
      const { [field]: _gone, ...rest } = ours.inspect.HostConfig;
      const inspect = { ...ours.inspect, HostConfig: rest } as ContainerInspect;
      expect(forbiddenSettings(inspect)).toEqual({ [field]: null });
    },
  );

  test.each([
    { IpcMode: 'private', CgroupnsMode: 'host', ShmSize: 67_108_864, Runtime: 'runc', ConsoleSize: [0, 0] },
    { IpcMode: 'shareable', CgroupnsMode: 'private', Runtime: 'runsc', MemorySwappiness: -1 },
    { ShmSize: 1_073_741_824, Ulimits: [{ Name: 'nofile', Soft: 1024, Hard: 4096 }] },
  ])('what engines fill in by themselves is no difference: %j', (defaults) => {
    expect(forbiddenSettings(withHost(defaults))).toEqual({});
  });

  test('a longer list of protected paths, as newer engines have it, is no difference', () => {
    const { MaskedPaths, ReadonlyPaths } = ours.inspect.HostConfig;
    const more = (paths: unknown) => [
      ...(Array.isArray(paths) ? (paths as unknown[]) : []),
      '/sys/devices/virtual/powercap',
    ];
    const longer = { MaskedPaths: more(MaskedPaths), ReadonlyPaths: more(ReadonlyPaths) };
    expect(forbiddenSettings(withHost(longer))).toEqual({});
  });

  test('a tenant that moved to another network keeps the mode of its first one', () => {
    expect(forbiddenSettings(withHost({ NetworkMode: 'tenantry-test-worker-1-10.9.0.0-18' }))).toEqual({});
  });
});
