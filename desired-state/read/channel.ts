import type { Problem } from '../../schemas/problem.ts';
import type { DesiredChannel } from '../model.ts';
import type { Parsed } from './documents.ts';
import { problemAt, unknownName } from './problem-at.ts';

/** A channel; null when its document is invalid. `names` are those of all channels. */
export function desiredChannel(
  file: Parsed<'Channel'>,
  names: readonly string[],
  report: (problems: readonly Problem[]) => void,
): DesiredChannel | null {
  if (file.value === null) return null;
  const { images, promotesTo = null } = file.value.spec;
  const at = { file, pointer: '/spec/promotesTo' };
  if (promotesTo === file.name) {
    report([
      problemAt(
        at,
        'policy/channel-to-itself',
        'A channel cannot promote to itself; name another, or take this out.',
      ),
    ]);
  } else if (promotesTo !== null && !names.includes(promotesTo)) {
    report([unknownName(at, 'channel', promotesTo, names)]);
  }
  return { name: file.name, images, promotesTo };
}
