interface LogEntry {
  level?: string;
  service?: string;
  msg?: string;
  err?: { message?: string };
}

function entryOf(line: string): LogEntry | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return null;
  }
}

function readable(line: string): string {
  const entry = entryOf(line);
  if (!entry) return line;
  const { level = 'info', service = '', msg = '', err } = entry;
  return `${level} ${service}: ${[msg, err?.message].filter(Boolean).join(': ')}`;
}

/** How a process that could not start says why, as the last lines of its log. */
export const startFailure = (name: string, reason: string): string => `${name} could not start: ${reason}`;

const failureStart = /^\S+ could not start: /;

/** What a log says of a start that failed, without the stack before it; the whole text where it says nothing. */
export function startFailureIn(text: string): string {
  const lines = text.trimEnd().split('\n');
  const last = lines.findLastIndex((line) => failureStart.test(line));
  return last < 0 ? text : lines.slice(last).join('\n');
}

/** Structured log lines as a person reads them; a line that occurs several times in a row is shown once. */
export function readableLog(text: string): string {
  const lines = text.split('\n').map(readable);
  return lines.filter((line, index) => line !== lines[index - 1]).join('\n');
}
