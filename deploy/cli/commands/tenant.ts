import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addExamples } from '../help.ts';
import { registerTenantAdd } from './tenant-add.ts';
import { registerTenantList, registerTenantShow } from './tenant-read.ts';
import { registerTenantRuntime } from './tenant-runtime.ts';
import { registerTenantSet } from './tenant-set.ts';
import { registerTenantSuspension } from './tenant-suspend.ts';

export function defineTenant(group: Command, context: CommandContext): void {
  group.description('Tenants as the repository has them. Every edit is one commit.');
  registerTenantList(group, context);
  registerTenantShow(group, context);
  registerTenantAdd(group, context);
  registerTenantSet(group, context);
  registerTenantRuntime(group, context);
  registerTenantSuspension(group, context);
  addExamples(group, [
    ['tenantry tenant list', 'who is there, and where'],
    ['tenantry tenant restart acme', 'restart once'],
    ['tenantry tenant set acme runtime.env.LOG_LEVEL=debug', 'change one field'],
  ]);
}
