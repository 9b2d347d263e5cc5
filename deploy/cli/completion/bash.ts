import { type CommandNode, tenantNames } from './tree.ts';

/** A completion script for bash: which words may follow is looked up by the path of commands typed so far. */
export function bashCompletion(tree: readonly CommandNode[]): string[] {
  const groups = tree.filter(({ commands }) => commands.length > 0).map(({ path }) => `'${path.join(' ')}'`);
  return [
    '# bash completion for tenantry',
    '_tenantry() {',
    '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path="" word words="" files=""',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    case "$path" in',
    `      ${groups.join('|')}) [[ $word == -* ]] || path="\${path:+$path }$word" ;;`,
    '    esac',
    '  done',
    '  case "$path $prev" in',
    ...tree.flatMap(valueCases),
    '  esac',
    '  if [[ -z $words && -z $files ]]; then',
    '    case "$path" in',
    ...tree.map(pathCase),
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
    '  if [[ -n $files ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi',
    '}',
    'complete -o filenames -F _tenantry tenantry',
  ];
}

function valueCases({ path, options }: CommandNode): string[] {
  return options.flatMap(({ flags, value }) => {
    if (value === null) return [];
    const patterns = flags.map((flag) => `'${[path.join(' '), flag].join(' ')}'`).join('|');
    const words =
      typeof value === 'string'
        ? value === 'folder'
          ? 'files=1'
          : 'words=" "'
        : `words="${value.join(' ')}"`;
    return [`    ${patterns}) ${words} ;;`];
  });
}

function pathCase({ path, commands, options, argument }: CommandNode): string {
  const words = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags), '--help'];
  if (argument !== null && typeof argument !== 'string') words.push(...argument);
  const names = argument === 'tenant' ? `; [[ $cur == -* ]] || words+=" $(${tenantNames})"` : '';
  const files = argument === 'folder' ? '; files=1' : '';
  return `      '${path.join(' ')}') words="${words.join(' ')}"${names}${files} ;;`;
}
