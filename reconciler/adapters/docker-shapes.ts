import type { ContainerInspect, ContainerSummary } from '../engine-api.ts';

/** The type that a field of a reply must have; a list or a map says what its entries are. */
type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | { readonly optional: Shape }
  /** A list, or null where there is nothing. */
  | { readonly list: Shape }
  /** A map, or null where there is nothing. */
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const texts: Shape = { list: 'string' };
const labels: Shape = { map: 'string' };
const maybe = (shape: Shape): Shape => ({ optional: shape });

const summary: Shape = {
  fields: {
    Id: 'string',
    Image: 'string',
    State: 'string',
    Status: 'string',
    Names: texts,
    Labels: labels,
  },
};

/** What is compared of a container: half of it would look like a difference, and be mended. */
const inspect: Shape = {
  fields: {
    Id: 'string',
    Name: 'string',
    Created: 'string',
    Image: 'string',
    RestartCount: 'number',
    State: {
      fields: {
        Status: 'string',
        Running: 'boolean',
        OOMKilled: 'boolean',
        ExitCode: 'number',
        Error: 'string',
        StartedAt: 'string',
        FinishedAt: 'string',
        Health: maybe({ fields: { Status: 'string' } }),
      },
    },
    Config: {
      fields: {
        Image: 'string',
        User: 'string',
        Cmd: texts,
        Env: texts,
        Labels: labels,
        Healthcheck: maybe({ fields: { Test: maybe(texts) } }),
      },
    },
    HostConfig: {
      fields: {
        Memory: 'number',
        MemorySwap: maybe('number'),
        NanoCpus: 'number',
        PidsLimit: maybe('number'),
        ReadonlyRootfs: 'boolean',
        NetworkMode: 'string',
        RestartPolicy: { fields: { Name: 'string' } },
        Tmpfs: maybe(labels),
        Mounts: maybe({ list: { fields: { Type: 'string', Target: 'string', Source: maybe('string') } } }),
      },
    },
    NetworkSettings: { fields: { Networks: { map: { fields: { IPAddress: 'string' } } } } },
  },
};

const network: Shape = {
  fields: {
    Id: 'string',
    Name: 'string',
    Driver: 'string',
    Labels: labels,
    Options: labels,
    IPAM: { fields: { Config: { list: { fields: { Subnet: maybe('string') } } } } },
  },
};

const volume: Shape = { fields: { Name: 'string', Driver: 'string', Labels: labels, Options: labels } };

export const isContainerSummary = (value: unknown): value is ContainerSummary =>
  fits(value, summary) && Array.isArray((value as ContainerSummary).Names);
export const isContainerInspect = (value: unknown): value is ContainerInspect => fits(value, inspect);
export const isNetworkShape = (value: unknown): boolean => fits(value, network);
export const isVolumeShape = (value: unknown): boolean => fits(value, volume);

function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === 'string') return typeof value === shape;
  if ('optional' in shape) return value === undefined || value === null || fits(value, shape.optional);
  if ('list' in shape) {
    return value === null || (Array.isArray(value) && value.every((entry) => fits(entry, shape.list)));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  if ('map' in shape) return value === null || Object.values(value).every((entry) => fits(entry, shape.map));
  if (value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape.fields).every(([name, field]) => fits(fields[name], field));
}
