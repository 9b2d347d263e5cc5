import { cpus, loadavg, totalmem } from 'node:os';
import { bareDocker } from './floor.ts';

/**
 * What figures of this machine depend on, by name.
 * @param engine whether anything is measured on its Docker Engine
 * @throws when it is, and none answers
 */
export async function describeMachine(
  engine: boolean,
  compose: string | null,
): Promise<Record<string, string | number | null>> {
  const processors = cpus();
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? null,
    'memory GiB': Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    docker: engine ? await describeEngine() : null,
    'docker-compose': compose,
  };
}

async function describeEngine(): Promise<string> {
  const { ServerVersion, Driver } = await bareDocker().info();
  return `${ServerVersion} (${Driver})`;
}
