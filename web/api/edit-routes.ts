import type { FastifyPluginAsync } from 'fastify';
import { channelRoutes } from './channels.ts';
import { historyRoutes } from './history.ts';
import { holdRoutes } from './holds.ts';
import { overviewRoutes } from './overview.ts';
import type { ApiParts } from './parts.ts';
import { runtimeRoutes } from './runtime.ts';
import { setupRoutes } from './setup.ts';
import { tenantRoutes } from './tenant.ts';
import { documentRoutes } from './tenant-documents.ts';
import { tenantsRoutes } from './tenants.ts';

/** Routes of tenants, files, history and channels, for below `/v1`. */
export function editRoutes(parts: ApiParts): FastifyPluginAsync[] {
  return [
    overviewRoutes(parts),
    setupRoutes(parts),
    tenantsRoutes(parts),
    tenantRoutes(parts),
    documentRoutes(parts),
    runtimeRoutes(parts),
    historyRoutes(parts),
    channelRoutes(parts),
    holdRoutes(parts),
  ];
}
