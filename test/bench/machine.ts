import { cpus, loadavg, totalmem } from 'node:os';
import { bareDocker } from './floor.ts';

/**
 * What figures of this machine depend on, by name.
 * @throws when no Docker Engine answers
 */
export async function describeMachine(
  compose: string | null,
): Promise<Record<string, string | number | null>> {
  const processors = cpus();
  const { ServerVersion, Driver } = await bareDocker().info();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? null,
    'memory GiB': Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    docker: `${ServerVersion} (${Driver})`,
    'docker-compose': compose,
  };
}
