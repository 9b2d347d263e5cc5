import type { HealthCheck } from '../../desired-state/model.ts';
import type { ContainerSpec, NetworkResource } from '../../renderers/resource.ts';

/** A container by name, and by id when it existed as the plan was made: then nothing else is ever touched. */
export interface ContainerRef {
  readonly name: string;
  readonly id: string | null;
}

/** The verbs of a plan and what each needs. Plain JSON: contents of files and secrets are looked up when it runs. */
export interface StepArgs {
  readonly 'network.create': { readonly network: NetworkResource };
  readonly 'network.remove': { readonly id: string; readonly name: string };
  readonly 'image.pull': { readonly ref: string };
  readonly 'volume.create': { readonly tenant: string; readonly name: string };
  readonly 'files.write': {
    readonly tenant: string;
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
  readonly 'secrets.write': { readonly tenant: string; readonly names: readonly string[] };
  readonly 'files.remove': { readonly tenant: string };
  readonly 'container.create': {
    readonly name: string;
    readonly spec: ContainerSpec;
    readonly specHash: string;
  };
  readonly 'container.start': { readonly container: ContainerRef };
  readonly 'container.stop': { readonly container: ContainerRef; readonly timeoutSeconds: number };
  readonly 'container.restart': { readonly container: ContainerRef; readonly timeoutSeconds: number };
  readonly 'container.unpause': { readonly container: ContainerRef };
  readonly 'container.rename': { readonly container: ContainerRef; readonly to: string };
  readonly 'container.remove': { readonly container: ContainerRef };
  readonly 'container.update': { readonly container: ContainerRef; readonly set: LimitUpdate };
  readonly 'network.connect': { readonly container: ContainerRef; readonly network: string };
  readonly 'network.disconnect': { readonly container: ContainerRef; readonly network: string };
  /** Tells the runtime to read its managed files again. */
  readonly 'container.reload': {
    readonly tenant: string;
    readonly container: ContainerRef;
    readonly signal: string;
  };
  /** Waits until the container is healthy, or fails. `settleMs`: how long it must run where there is no check. */
  readonly 'container.await-healthy': {
    readonly container: ContainerRef;
    readonly health: HealthCheck | null;
    readonly settleMs: number;
  };
  readonly 'bridge.pair': {
    readonly tenant: string;
    readonly container: ContainerRef;
    readonly port: number;
    readonly token: string;
  };
  readonly 'bridge.disconnect': {
    readonly tenant: string;
    readonly container: ContainerRef;
    readonly port: number;
    readonly token: string;
  };
}

export type Action = keyof StepArgs;

export type Step = { [A in Action]: { readonly action: A } & StepArgs[A] }[Action];

export interface LimitUpdate {
  /** Docker wants both together. */
  readonly memoryBytes?: number;
  readonly memorySwapBytes?: number;
  readonly nanoCpus?: number;
  readonly pids?: number;
  readonly restartPolicy?: ContainerSpec['restartPolicy'];
}

const sentences: { readonly [A in Action]: (step: StepArgs[A]) => string } = {
  'network.create': ({ network }) => `create network ${network.name} (${network.subnet}, tenants isolated)`,
  'network.remove': ({ name }) => `remove unused network ${name}`,
  'image.pull': ({ ref }) => `pull image ${ref}`,
  'volume.create': ({ name }) => `create volume ${name}`,
  'files.write': ({ changed, removed }) =>
    [
      ...(changed.length > 0 ? [`write ${list(changed)}`] : []),
      ...(removed.length > 0 ? [`remove ${list(removed)}`] : []),
    ].join(' and ') || 'make the folder for managed files',
  'secrets.write': ({ names }) =>
    names.length > 0 ? `write secrets ${list(names)} to memory` : 'remove all secrets',
  'files.remove': ({ tenant }) => `remove managed files of ${tenant}`,
  'container.create': ({ name, spec }) => `create container ${name} from ${spec.image}`,
  'container.start': ({ container }) => `start ${container.name}`,
  'container.stop': ({ container, timeoutSeconds }) =>
    `stop ${container.name} (up to ${timeoutSeconds} s to drain)`,
  'container.restart': ({ container }) => `restart ${container.name} so that it sees its folders again`,
  'container.unpause': ({ container }) => `unpause ${container.name}`,
  'container.rename': ({ container, to }) => `rename ${container.name} to ${to}`,
  'container.remove': ({ container }) => `remove container ${container.name} (volumes stay)`,
  'container.update': ({ container, set }) => `update ${container.name} in place: ${limitNames(set)}`,
  'network.connect': ({ container, network }) => `connect ${container.name} to ${network}`,
  'network.disconnect': ({ container, network }) => `disconnect ${container.name} from ${network}`,
  'container.reload': ({ container, signal }) => `tell ${container.name} to reload (${signal})`,
  'container.await-healthy': ({ container }) => `wait until ${container.name} is healthy`,
  'bridge.pair': ({ container, token }) => `start pairing in ${container.name} (token ${token})`,
  'bridge.disconnect': ({ container, token }) =>
    `disconnect the paired account in ${container.name} (token ${token})`,
};

/** The one English sentence for a step that tests, logs, the command line and the page use. */
export function describeStep(step: Step): string {
  return sentence(step.action, step);
}

function sentence<A extends Action>(action: A, step: StepArgs[A]): string {
  return sentences[action](step);
}

function limitNames(set: LimitUpdate): string {
  return [
    ...(set.memoryBytes === undefined ? [] : ['memory']),
    ...(set.nanoCpus === undefined ? [] : ['cpus']),
    ...(set.pids === undefined ? [] : ['pids']),
    ...(set.restartPolicy === undefined ? [] : [`restart policy ${set.restartPolicy}`]),
  ].join(', ');
}

function list(names: readonly string[]): string {
  return names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}
