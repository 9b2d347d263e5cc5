import { bashCompletion } from './bash.ts';
import type { CommandNode } from './tree.ts';

/** zsh understands completion functions of bash, and `_tenantry` needs nothing else of bash. */
export function zshCompletion(tree: readonly CommandNode[]): string[] {
  return ['autoload -U +X bashcompinit && bashcompinit', ...bashCompletion(tree)];
}
