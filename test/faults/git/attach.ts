import type { Attach } from '../world/world.ts';
import { GitBoundary } from './boundary.ts';

/** The world's repository, fetched over HTTP through the boundary instead of from its folder. */
export const overHttp: Attach = async (home) => {
  const { bare, branch } = home;
  const boundary = await GitBoundary.open({ bare, branch, kill: () => home.kill() });
  return { boundary, repo: boundary.url };
};
