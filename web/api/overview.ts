import type { FastifyPluginAsync } from 'fastify';
import { callerOf, typed } from '../request.ts';
import { awayOf } from '../tenants/attention.ts';
import { type Overview, overview } from './models/platform.ts';
import type { ApiParts } from './parts.ts';

/** Commits, and what needs a person, that are shown at most. */
const COMMITS = 10;
const ATTENTION = 50;

/** The fleet at a glance. */
export function overviewRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    typed(app).get('/overview', { schema: { response: { 200: overview } } }, async (request) =>
      overviewFor(parts, callerOf(request).tenants),
    );
  };
}

async function overviewFor(parts: ApiParts, visible: ReadonlySet<string> | null): Promise<Overview> {
  const { branch, directory, fleet, history, tracker } = parts;
  const lines = directory.all().filter(({ name }) => visible === null || visible.has(name));
  const phases: Record<string, number> = {};
  for (const { phase } of lines) phases[phase] = (phases[phase] ?? 0) + 1;
  const commits = (await history.page(null, visible, { limit: COMMITS, before: null })).items;
  const mine = new Set(lines.map(({ node }) => node));
  const nodes = fleet.nodes().filter(({ name }) => visible === null || mine.has(name));
  const attention = parts.attention.of(visible);
  return {
    platform: branch.desired()?.platform.name ?? '',
    revision: branch.head(),
    head: commits[0]?.commit ?? null,
    phases,
    tenants: lines.length,
    away: awayOf(lines),
    drifted: lines.filter(({ drift }) => drift > 0).length,
    nodes: nodes.map(({ name, linked, head }) => ({
      name,
      linked,
      behind: tracker.behind(head?.revision ?? null),
    })),
    attention: attention.slice(0, ATTENTION),
    waiting: attention.length,
    commits: commits.map(({ plan: _plan, outcomes: _outcomes, ...progress }) => progress),
    problems: visible === null ? [...branch.problems()] : [],
  };
}
