import { execa } from 'execa';

/**
 * The shared libraries that a program needs, its loader among them, as absolute paths where the program looks for
 * them. Asks the loader itself (`ldd`), so that it is right for this machine.
 *
 * @throws Error when a library is missing, or the program is for another kind of machine
 */
export async function sharedLibraries(program: string): Promise<readonly string[]> {
  const { stdout, exitCode, stderr } = await execa('ldd', [program], { reject: false, timeout: 30_000 });
  if (stdout.includes('not a dynamic executable') || stdout.includes('statically linked')) return [];
  if (exitCode !== 0)
    throw new Error(`ldd cannot read ${program}: ${stderr.trim() || `exit code ${exitCode}`}`);
  return parseLdd(program, stdout);
}

/** Reads what `ldd` prints: `name => /path (0x…)`, `/path (0x…)`, and the kernel's own library, which is no file. */
export function parseLdd(program: string, output: string): readonly string[] {
  const paths = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^linux-(vdso|gate)/.test(line))
    .map((line) => {
      if (line.includes('not found')) throw new Error(`${program} needs a library that is not here: ${line}`);
      const path = /(?:=> )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1];
      if (path === undefined)
        throw new Error(`ldd printed a line about ${program} that is not understood: ${line}`);
      return path;
    });
  return [...new Set(paths)].sort();
}
