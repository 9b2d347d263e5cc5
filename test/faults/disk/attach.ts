import type { Attach } from '../world/world.ts';
import { DiskBoundary } from './boundary.ts';

/** The writes of the world's reconcilers. */
export const onItsDisk: Attach = async (home) => {
  const boundary = new DiskBoundary(home);
  const { execArgv, env } = boundary;
  return { boundary, execArgv, env };
};
