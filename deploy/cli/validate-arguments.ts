import { pinProblem } from '../../schemas/image-ref.ts';
import { patterns } from '../../schemas/patterns.ts';
import { UsageError } from './errors.ts';

/** A name as the language wants it. @throws UsageError naming the argument and the rule */
export function checkName(argument: string, name: string): void {
  const { source, rule } = patterns.name;
  if (new RegExp(source, 'u').test(name) && name.length <= 63) return;
  throw new UsageError(`${argument} "${name}" ${rule}, with at most 63 characters.`);
}

/** An image that names one build. @throws UsageError naming the argument, and what to write instead */
export function checkPinned(argument: string, ref: string): void {
  const problem = pinProblem(ref);
  if (problem !== null) throw new UsageError(`${argument} "${ref}": ${problem}`);
}
