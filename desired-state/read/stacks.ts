import { defaults } from '../../schemas/defaults.ts';
import type { Problem } from '../../schemas/problem.ts';
import type { Parsed } from './documents.ts';
import { problemAt, unknownName } from './problem-at.ts';
import type { Shared } from './shared.ts';

/** A stack names a node, a channel and a Compose file beside it: all of them must be there. */
export function stackProblems(
  file: Parsed<'Stack'>,
  shared: Shared,
  attachments: ReadonlySet<string>,
): Problem[] {
  if (file.value === null) return [];
  const { node, channel, compose = defaults.stack.compose } = file.value.spec;
  const problems: Problem[] = [];
  if (!shared.nodes.has(node)) {
    problems.push(unknownName({ file, pointer: '/spec/node' }, 'node', node, shared.nodes.keys()));
  }
  if (channel !== undefined && !shared.channels.has(channel)) {
    problems.push(
      unknownName({ file, pointer: '/spec/channel' }, 'channel', channel, shared.channels.keys()),
    );
  }
  const folder = `stacks/${file.name}/`;
  if (!attachments.has(folder + compose)) {
    const message = `There is no \`${compose}\` in ${folder}; add it, or name the Compose file that is there.`;
    problems.push(problemAt({ file, pointer: '/spec/compose' }, 'policy/no-compose-file', message));
  }
  return problems;
}
