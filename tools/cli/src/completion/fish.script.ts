import type { CompletionNode } from './command.tree';

const quoted = (text: string): string => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** True when exactly this path of words was typed. */
const condition = (name: string, path: string): string => `-n "__${name}_at '${path}'"`;

function optionLine(name: string, path: string, option: CompletionNode['options'][number]): string {
  const { flag, description, takesValue, choices } = option;
  const spelled = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
  const values = choices.length > 0 ? ` -xa ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
  return `complete -c ${name} ${condition(name, path)} ${spelled}${values} -d ${quoted(description)}`;
}

function linesOf(name: string, { path, words, options }: CompletionNode): string[] {
  const wordLines = words.map(
    ({ word, description }) => `complete -c ${name} ${condition(name, path)} -f -a ${word} -d ${quoted(description)}`,
  );
  return [...wordLines, ...options.map((option) => optionLine(name, path, option))];
}

export const fishScript = (name: string, nodes: readonly CompletionNode[]): string => `# fish completion of ${name}
function __${name}_at
  set -l known ${nodes
    .filter(({ path }) => path)
    .map(({ path }) => quoted(path))
    .join(' ')}
  set -l here
  for word in (commandline -opc)[2..-1]
    set -l longer (string join ' ' $here $word)
    contains -- $longer $known; and set here (string split ' ' $longer)
  end
  test "$argv[1]" = (string join ' ' $here | string collect -a)
end
${nodes.flatMap((node) => linesOf(name, node)).join('\n')}
`;
