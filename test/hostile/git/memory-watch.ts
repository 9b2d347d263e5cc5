import { readFile } from 'node:fs/promises';

/** Looks at the memory of this process and of the git processes that it reads with; answers the most that each had. */
export function watchMemory(): () => Promise<{ readonly program: number; readonly git: number }> {
  const peak = { program: 0, git: 0 };
  const look = async (): Promise<void> => {
    peak.program = Math.max(peak.program, process.memoryUsage.rss());
    for (const pid of await descendants(process.pid)) peak.git = Math.max(peak.git, await peakOf(pid));
  };
  let looking = look();
  const timer = setInterval(() => {
    looking = look();
  }, 50);
  return async () => {
    clearInterval(timer);
    await looking;
    return peak;
  };
}

async function descendants(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const children = text.split(' ').filter(Boolean).map(Number);
  return [...children, ...(await Promise.all(children.map(descendants))).flat()];
}

/** The most bytes that a process ever had in memory; 0 when it is gone. */
async function peakOf(pid: number): Promise<number> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  // The server's own git processes are below this one, too; they do without the bound.
  if (!environment.includes('GIT_ALLOC_LIMIT=')) return 0;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}
