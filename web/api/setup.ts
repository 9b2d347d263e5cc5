import type { FastifyPluginAsync } from 'fastify';
import Type from 'typebox';
import { addNode } from '../../desired-state/write/add-node.ts';
import { valueAt } from '../../desired-state/write/json-value.ts';
import { isObject } from '../../schemas/is-object.ts';
import { callerOf, fields, typed } from '../request.ts';
import { answerEdit, base, editAnswers } from './edit-route.ts';
import { editQuery } from './models/edit.ts';
import { planList } from './models/platform.ts';
import type { ApiParts } from './parts.ts';
import { fileAt } from './read-file.ts';

const nodeBody = fields({ base, name: Type.String({ minLength: 1, maxLength: 63 }) });

/** What a platform begins with: the plans that a tenant can be on, and a node to live on. */
export function setupRoutes(parts: ApiParts): FastifyPluginAsync {
  return async (app) => {
    const routes = typed(app);
    routes.get('/plans', { schema: { response: { 200: planList } } }, async (request) => {
      const { base: read, value } = await fileAt(parts, callerOf(request), 'tenantry.yaml');
      return { base: read, items: plansOf(value) };
    });

    routes.post(
      '/nodes/setup',
      { schema: { body: nodeBody, querystring: editQuery, response: editAnswers } },
      (request, reply) => {
        const { base: from = null, name } = request.body;
        request.told.target = name;
        return answerEdit(parts, reply, {
          caller: callerOf(request),
          base: from,
          tenants: [],
          build: (source) => addNode(source, name),
          merge: 'fields',
          query: request.query,
        });
      },
    );
  };
}

/** The plans of a platform's file as it was written, which may be anything: names alone, where the rest is no plan. */
function plansOf(platform: unknown) {
  const plans = valueAt(platform, ['spec', 'plans']);
  return (isObject(plans) ? Object.entries(plans) : []).map(([name, plan]) => {
    const resource = (part: string): string | null => shown(valueAt(plan, ['resources', part]));
    return { name, memory: resource('memory'), cpus: resource('cpus') };
  });
}

const shown = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : null;
