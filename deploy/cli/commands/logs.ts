import { type Command, Option } from 'commander';
import { connectDocker } from '../../../reconciler/adapters/docker.ts';
import { ReconcilerError } from '../../../reconciler/errors.ts';
import { label } from '../../../renderers/labels.ts';
import { containerName } from '../../../renderers/names.ts';
import type { CommandContext } from '../context.ts';
import { CommandError } from '../errors.ts';
import { addExamples } from '../help.ts';
import { dockerOption, parseCount } from '../options.ts';
import { checkName } from '../validate-arguments.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly tail?: number;
  readonly docker?: string;
}

export function defineLogs(command: Command, context: CommandContext): void {
  command
    .description("Prints what the tenant's container wrote; its standard error goes to standard error.")
    .argument('<tenant>', 'tenant of this node')
    .option('-f, --follow', 'go on until Ctrl-C')
    .addOption(new Option('-n, --tail <n>', 'only the last lines').argParser(parseCount))
    .addOption(dockerOption())
    .action(async (tenant: string, options: LogsOptions) => logs(context, tenant, options));
  addExamples(command, [
    ['tenantry logs acme -f', 'as it comes'],
    ['tenantry logs acme --tail 100', 'the last 100 lines'],
  ]);
}

async function logs(
  context: CommandContext,
  tenant: string,
  { follow = false, tail, docker }: LogsOptions,
): Promise<void> {
  checkName('The tenant', tenant);
  const engine = connectDocker(docker === undefined ? {} : { host: docker });
  const name = containerName.runtime(tenant);
  const container = await engine.inspectContainer(name).catch((error: unknown) => {
    if (error instanceof ReconcilerError && error.code === 'docker/not-found') return null;
    throw error;
  });
  // A stranger's container may have the same name: its output is none of ours.
  if (container === null || container.Config.Labels?.[label.tenant] !== tenant) {
    throw new CommandError(
      `${tenant} has no container on this engine. \`tenantry status\` shows which tenants run here.`,
    );
  }
  for await (const { stream, text } of engine.logs(
    container.Id,
    { follow, tail: tail ?? null },
    context.signal,
  )) {
    // As it is: escape sequences are the tenant's own, and a pipe wants the bytes.
    if (stream === 'stderr') context.stderr.write(`${text}\n`);
    else context.stdout.write(`${text}\n`);
  }
}
