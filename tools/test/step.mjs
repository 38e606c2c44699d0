import { spawn } from 'node:child_process';

let current;

/** This process's environment with some variables set, or removed where undefined. */
export function environmentOf(changes) {
  const environment = { ...process.env, ...changes };
  for (const [name, value] of Object.entries(changes)) if (value === undefined) delete environment[name];
  return environment;
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it ended meanwhile
  }
}

/** Runs a program without input, its output shown. False when it failed or took longer than `timeoutMs`. */
export function runStep(root, title, command, args, { environment = process.env, timeoutMs = 1_800_000 } = {}) {
  console.log(`\n== ${title}`);
  return new Promise((resolve) => {
    // A process group of its own, so that a step that hangs ends with all its children.
    const child = spawn(command, args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    current = child;
    const timer = setTimeout(() => {
      console.error(`${title}: not finished after ${timeoutMs / 60_000} minutes, stopped`);
      signalGroup(child, 'SIGKILL');
    }, timeoutMs);
    const end = (ok) => {
      clearTimeout(timer);
      current = undefined;
      if (!ok) console.error(`${title}: failed`);
      resolve(ok);
    };
    child.once('error', (error) => {
      console.error(error.message);
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

export function stopCurrentStep() {
  if (current) signalGroup(current, 'SIGTERM');
}
