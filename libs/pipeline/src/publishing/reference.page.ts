import { ENVIRONMENT_OVERRIDES } from '../environment.overrides';
import { pathText } from '../path';
import { descriptionOf } from './field.descriptions';
import type { SchemaField } from './schema.fields';

const HEAD = `# pipeline.yaml

One file declares one model: its columns, how they are prepared, what is trained, when it is good enough and what happens when it is not. \`./perennial validate FILE\` lists every problem with its line. \`examples/tiny/pipeline.yaml\` is short, \`examples/credit-default/pipeline.yaml\` whole.

For completion and checks while typing, an editor with a YAML language server takes \`# yaml-language-server: $schema=…/libs/pipeline/published/pipeline.schema.json\` in the file's first line.

This page is written by \`npm run pipeline:publish\`.
`;

/** docs/pipeline.md: a table for each section, in the order of the schema. */
export function referencePage(fields: readonly SchemaField[]): string {
  const top = fields.filter(({ path }) => isTop(path));
  const plain = top.filter(({ path }) => within(fields, path).length === 0);
  const sections = top.filter((field) => !plain.includes(field));
  return [
    HEAD,
    table(plain),
    ...sections.map((field) => section(field, within(fields, field.path))),
    variablesSection(),
  ].join('\n');
}

const isTop = (path: string): boolean => !/[.{]/.test(path);

const within = (fields: readonly SchemaField[], path: string): SchemaField[] =>
  fields.filter((field) => field.path !== path && new RegExp(`^${path}[.{[]`).test(field.path));

function section({ path, required }: SchemaField, fields: readonly SchemaField[]): string {
  const about = `${descriptionOf(path)}${required ? ' Required.' : ''}`;
  return `## ${path}\n\n${about}\n\n${table(fields)}`;
}

function table(fields: readonly SchemaField[]): string {
  const rows = fields.map(({ path, values, standard, required }) =>
    row([code(path), escaped(values), standardText(standard, required), escaped(descriptionOf(path) ?? '')]),
  );
  return [row(['Field', 'Values', 'Default', 'Meaning']), row(['---', '---', '---', '---']), ...rows, ''].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const escaped = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** A map's default says nothing that its fields' do not. */
function standardText(standard: unknown, required: boolean): string {
  if (required) return 'required';
  if (standard === undefined || isMap(standard)) return '';
  return code(Array.isArray(standard) && standard.some(isMap) ? 'see above' : JSON.stringify(standard));
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

function variablesSection(): string {
  const rows = Object.entries(ENVIRONMENT_OVERRIDES).map(([name, path]) => row([code(name), code(pathText(path))]));
  const about = 'A variable that is set replaces the field in every pipeline of the installation.';
  return `## Environment variables\n\n${about}\n\n${[row(['Variable', 'Field']), row(['---', '---']), ...rows].join('\n')}\n`;
}
