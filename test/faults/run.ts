import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { secondEngine } from '../support/engine.ts';
import { git } from '../support/git-repo.ts';
import { runLongCommand } from '../support/long-command.ts';
import { bugs } from './bugs/all.ts';
import { readBugOptions, reportBugs } from './bugs/report.ts';
import { type CampaignResult, runCampaign } from './campaign/campaign.ts';
import { type CampaignOptions, readOptions, usage } from './campaign/options.ts';
import { asLines, brokenLines, onTerminal } from './campaign/progress.ts';
import { cellsOf, commandFor, countsOf, isBroken } from './campaign/results.ts';
import { table } from './campaign/table.ts';

/** The same command again, where the containers of an engine of its own can be reached. Answers its exit code. */
async function inPrivateEngine(args: readonly string[], signal: AbortSignal): Promise<number> {
  const engine = await secondEngine('faults');
  try {
    const [program = '', ...before] = engine.nsenter;
    // The last one counts.
    const there = [...args, '--engine', 'docker'];
    const { exitCode } = await execa(program, [...before, process.execPath, import.meta.filename, ...there], {
      env: { DOCKER_HOST: engine.host },
      stdio: 'inherit',
      reject: false,
      // It is asked to end, and ends when all that it made is removed.
      cancelSignal: signal,
      forceKillAfterDelay: false,
    });
    return exitCode ?? 1;
  } finally {
    await engine.close();
  }
}

async function report(options: CampaignOptions, campaign: CampaignResult): Promise<boolean> {
  const { results, points: all, alarms, retries } = campaign;
  const code = codeAt();
  const cells = cellsOf(results);
  const broken = results.filter(isBroken);
  const missed = results.filter(({ verdict }) => verdict === 'not reached');
  if (process.stdout.isTTY)
    console.log(broken.flatMap((result) => brokenLines(result, options.engine)).join('\n'));
  if (cells.length > 0) console.log(table(cells));
  for (const { workload, complaints } of alarms) {
    console.log(`WITHOUT A FAULT ${workload}:\n${complaints.map((one) => `  - ${one}`).join('\n')}`);
  }
  const told = results.length - missed.length;
  console.log(
    `${told} of ${all.length} points tried, ${broken.length} broken, ${missed.length} not reached; seed ${options.seed}`,
  );
  const { part } = options;
  console.log(`There are ${countsOf(all)}${part === null ? '' : ` in part ${part.number} of ${part.of}`}.`);
  if (retries > 0) console.log(`${retries} trials were made anew: their world did not work before the fault`);
  console.log(`The code is ${code}.`);
  const points = results.map((result) => ({ command: commandFor(result.point, options.engine), ...result }));
  const { seed, engine } = options;
  await writeFile(
    options.json,
    `${JSON.stringify({ code, seed, engine, cells, alarms, retries, points }, null, 1)}\n`,
  );
  console.log(`Written to ${options.json}`);
  return broken.length === 0 && alarms.length === 0;
}

/** The commit that was tried, and whether files are otherwise than in it. */
function codeAt(): string {
  const { dirname: dir } = import.meta;
  const commit = git(dir, ['rev-parse', '--short=12', 'HEAD']);
  const changed = git(dir, ['status', '--porcelain', '--untracked-files=no']) !== '';
  return `${commit}${changed ? ' with changes' : ''}`;
}

/** Options after which not all of it is wanted. */
const choosing = /^--(workload|mode|boundary|at|action|sample|part|engine)$/;

await runLongCommand(
  'Stopping: what is under way ends, what was tried is told, and all that was made is removed.',
  async (args, signal) => {
    if (args[0] === '--bugs') process.exit((await reportBugs(readBugOptions(args.slice(1)))) ? 0 : 1);
    const options = readOptions(args);
    if (options === null) {
      console.log(usage);
      return 0;
    }
    if (options.engine === 'private') return inPrivateEngine(args, signal);
    const progress = process.stderr.isTTY
      ? onTerminal()
      : asLines((line) => console.error(line), options.engine);
    const held = await report(options, await runCampaign(options, progress, {}, signal));
    if (signal.aborted) return 1;
    const all = !args.some((arg) => choosing.test(arg.split('=')[0] ?? ''));
    const caught = all ? await reportBugs({ bugs, blind: 0, seed: null }) : true;
    return held && caught ? 0 : 1;
  },
);
