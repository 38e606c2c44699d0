import type { CompletionNode } from './command.tree';

const quoted = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
const described = (word: string, description: string): string => quoted(`${word.replace(/:/g, '\\:')}:${description}`);

function caseOf({ path, words, options }: CompletionNode): string {
  const wordItems = words.map(({ word, description }) => described(word, description)).join(' ');
  const flagItems = options.map(({ flag, description }) => described(flag, description)).join(' ');
  return `    ${quoted(path)}) words_here=(${wordItems}); flags_here=(${flagItems}) ;;`;
}

function choicesOf({ path, options }: CompletionNode): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ flag, choices }) => `    ${quoted(`${path} ${flag}`)}) takes_value=1; choices=(${choices.join(' ')}) ;;`);
}

export const zshScript = (name: string, nodes: readonly CompletionNode[]): string => `#compdef ${name}
_${name}_look() {
  words_here=() flags_here=()
  case "$1" in
${nodes.map(caseOf).join('\n')}
  esac
}
_${name}() {
  local -a words_here flags_here choices
  local here='' takes_value=0 index word
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    _${name}_look "$here"
    (( \${words_here[(I)\${word}:*]} )) && here="\${here:+$here }$word"
  done
  case "$here \${words[CURRENT-1]}" in
${nodes.flatMap(choicesOf).join('\n')}
  esac
  if (( takes_value )); then
    if (( \${#choices} )); then compadd -a choices; else _files; fi
    return
  fi
  _${name}_look "$here"
  (( \${#words_here} )) && _describe command words_here
  _describe option flags_here
  (( \${#words_here} )) || _files
}
compdef _${name} ${name}
`;
