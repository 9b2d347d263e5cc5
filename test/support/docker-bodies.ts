import { randomInt } from 'node:crypto';
import type { ContainerCreateBody, HostConfig } from '../../reconciler/engine-api.ts';
import type { NetworkCreateBody } from '../../reconciler/ports.ts';

/** A whole create call for a small container; `parts` and `host` say what is different about it. */
export function containerBody(
  image: string,
  parts: Partial<ContainerCreateBody> = {},
  host: Partial<HostConfig> = {},
): ContainerCreateBody {
  return {
    Image: image,
    Env: ['LEVEL=info'],
    Labels: { 'dev.tenantry.test': 'yes' },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Memory: 32 * 1024 * 1024,
      NanoCpus: 500_000_000,
      PidsLimit: 32,
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      CapAdd: null,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      LogConfig: { Type: 'json-file', Config: {} },
      ...host,
    },
    NetworkingConfig: { EndpointsConfig: {} },
    ...parts,
  };
}

/** A /28 out of a range that nothing else in the tests uses, one of 16,384. */
export function networkBody(name: string): NetworkCreateBody {
  const number = randomInt(16_384);
  const subnet = `10.${200 + (number >> 12)}.${(number >> 4) & 255}.${(number & 15) * 16}/28`;
  return {
    Name: name,
    Driver: 'bridge',
    CheckDuplicate: true,
    IPAM: { Config: [{ Subnet: subnet }] },
    Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    Labels: { 'dev.tenantry.test': 'yes' },
  };
}
