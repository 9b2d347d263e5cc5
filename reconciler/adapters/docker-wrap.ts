import type { Docker } from '../ports.ts';

/** What is put around each call: `call` makes it. */
export type Around = <T>(verb: keyof Docker, call: () => Promise<T>) => Promise<T>;

/** The same engine, with `around` about every call that ends by itself; event and log streams pass unchanged. */
export function wrapCalls(docker: Docker, around: Around): Docker {
  return {
    info: () => around('info', () => docker.info()),
    listContainers: (only) => around('listContainers', () => docker.listContainers(only)),
    inspectContainer: (id) => around('inspectContainer', () => docker.inspectContainer(id)),
    inspectContainerUnless: (id, digest) =>
      around('inspectContainerUnless', () => docker.inspectContainerUnless(id, digest)),
    createContainer: (name, body) => around('createContainer', () => docker.createContainer(name, body)),
    startContainer: (id) => around('startContainer', () => docker.startContainer(id)),
    stopContainer: (id, seconds) => around('stopContainer', () => docker.stopContainer(id, seconds)),
    restartContainer: (id, seconds) => around('restartContainer', () => docker.restartContainer(id, seconds)),
    removeContainer: (id, options) => around('removeContainer', () => docker.removeContainer(id, options)),
    renameContainer: (id, name) => around('renameContainer', () => docker.renameContainer(id, name)),
    updateContainer: (id, body) => around('updateContainer', () => docker.updateContainer(id, body)),
    unpauseContainer: (id) => around('unpauseContainer', () => docker.unpauseContainer(id)),
    signalContainer: (id, signal) => around('signalContainer', () => docker.signalContainer(id, signal)),
    connectNetwork: (network, id) => around('connectNetwork', () => docker.connectNetwork(network, id)),
    disconnectNetwork: (network, id) =>
      around('disconnectNetwork', () => docker.disconnectNetwork(network, id)),
    listNetworks: () => around('listNetworks', () => docker.listNetworks()),
    createNetwork: (body) => around('createNetwork', () => docker.createNetwork(body)),
    removeNetwork: (id) => around('removeNetwork', () => docker.removeNetwork(id)),
    listVolumes: () => around('listVolumes', () => docker.listVolumes()),
    inspectVolume: (name) => around('inspectVolume', () => docker.inspectVolume(name)),
    createVolume: (body) => around('createVolume', () => docker.createVolume(body)),
    inspectImage: (ref) => around('inspectImage', () => docker.inspectImage(ref)),
    pullImage: (ref, onProgress, signal) =>
      around('pullImage', () => docker.pullImage(ref, onProgress, signal)),
    watchEvents: (onEvent, onGap, signal) => docker.watchEvents(onEvent, onGap, signal),
    logs: (id, options, signal) => docker.logs(id, options, signal),
  };
}
