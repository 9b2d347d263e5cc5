import { readFileSync } from 'node:fs';
import type { Log } from '../log.ts';
import type { Docker } from '../ports.ts';
import { errorCode } from './docker-errors.ts';

/**
 * The same engine, with signals that the kernel delivers where the container is on this machine. The engine takes every
 * signal that it is asked to send for a stop by hand: after a SIGHUP its restart policy begins the container no more, not
 * after a crash and not after a boot, until the next start (moby's issues 41302 and 47792).
 *
 * Where its process cannot be seen (an engine of another machine, a reconciler in a PID namespace of its own), the engine
 * is asked as ever, and that is logged once.
 */
export function signalByKernel(docker: Docker, log: Pick<Log, 'warn'>): Docker {
  let told = false;
  return {
    ...docker,
    async signalContainer(id, signal) {
      const { Id, State } = await docker.inspectContainer(id);
      if (State.Running && sent(State.Pid, Id, signal)) return;
      await docker.signalContainer(id, signal);
      // Once: where one cannot be seen, all others cannot either.
      if (told || !State.Running) return;
      told = true;
      log.warn({ container: Id.slice(0, 12), pid: State.Pid }, unseenProcess);
    },
  };
}

const unseenProcess =
  'the process of a container cannot be seen from here, so that Docker itself has to signal it, and takes that for a stop by hand: ' +
  'whatever is reloaded is not begun again by its restart policy, only by this reconciler. ' +
  'Let the reconciler run on the host, or in a container with --pid host, as root';

/** Sends a signal to the process if it is one of this container. @returns whether it was sent */
function sent(pid: number, containerId: string, signal: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1 || !/^[0-9a-f]{64}$/.test(containerId)) return false;
  try {
    // Whose process it is, whatever the engine says: `0::/docker/<id>`, `…/docker-<id>.scope`.
    if (!readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(containerId)) return false;
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (unseen.has(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** No such process, one that may not be signalled, no such file system, no such signal: the engine says what it thinks of it. */
const unseen: ReadonlySet<string> = new Set(['ESRCH', 'EPERM', 'EACCES', 'ENOENT', 'ERR_UNKNOWN_SIGNAL']);
