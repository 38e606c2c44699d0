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

/** Structured log lines as a person reads them; a line that occurs several times in a row is shown once. */
export function readableLog(text: string): string {
  const lines = text.split('\n').map(readable);
  return lines.filter((line, index) => line !== lines[index - 1]).join('\n');
}
