import type { CompletionNode } from './command.tree';

const caseOf = ({ path, words, options }: CompletionNode): string => {
  const all = [...words.map(({ word }) => word), ...options.map(({ flag }) => flag)];
  return `    '${path}') echo '${all.join(' ')}' ;;`;
};

function valuesOf({ path, options }: CompletionNode): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, choices }) => `    '${path} ${flag}') echo '${choices.join(' ')}' ;;`);
}

/** Words and flags of the command typed so far; file names where an argument or a value is expected. */
export const bashScript = (name: string, nodes: readonly CompletionNode[]): string => `# bash completion of ${name}
_${name}_words() {
  case "$1" in
${nodes.map(caseOf).join('\n')}
  esac
}
_${name}_values() {
  case "$1" in
${nodes.flatMap(valuesOf).join('\n')}
    *) return 1 ;;
  esac
}
_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' word index choices
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    [[ "$word" != -* && " $(_${name}_words "$path") " == *" $word "* ]] && path="\${path:+$path }$word"
  done
  COMPREPLY=()
  if choices="$(_${name}_values "$path $previous")"; then
    [[ -n "$choices" ]] && COMPREPLY=($(compgen -W "$choices" -- "$current"))
    return
  fi
  COMPREPLY=($(compgen -W "$(_${name}_words "$path")" -- "$current"))
}
complete -o default -F _${name} ${name} ./${name}
`;
