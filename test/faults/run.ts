import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { secondEngine } from '../support/engine.ts';
import { runLongCommand } from '../support/long-command.ts';
import { reportBugs } from './bugs/report.ts';
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
  const { results, points: all, alarms } = campaign;
  const cells = cellsOf(results);
  const broken = results.filter(isBroken);
  const missed = results.filter(({ verdict }) => verdict === 'not reached');
  if (process.stdout.isTTY) console.log(broken.flatMap(brokenLines).join('\n'));
  if (cells.length > 0) console.log(table(cells));
  for (const { workload, complaints } of alarms) {
    console.log(`WITHOUT A FAULT ${workload}:\n${complaints.map((one) => `  - ${one}`).join('\n')}`);
  }
  const told = results.length - missed.length;
  console.log(
    `${told} of ${all.length} points tried, ${broken.length} broken, ${missed.length} not reached; seed ${options.seed}`,
  );
  console.log(`There are ${countsOf(all)}.`);
  const points = results.map((result) => ({ command: commandFor(result.point), ...result }));
  const { seed, engine } = options;
  await writeFile(options.json, `${JSON.stringify({ seed, engine, cells, alarms, points }, null, 1)}\n`);
  console.log(`Written to ${options.json}`);
  return broken.length === 0 && alarms.length === 0;
}

await runLongCommand(
  'Stopping: what is under way ends, what was tried is told, and all that was made is removed.',
  async (args, signal) => {
    if (args[0] === '--bugs') process.exit((await reportBugs(args[1] ?? null)) ? 0 : 1);
    const options = readOptions(args);
    if (options === null) {
      console.log(usage);
      return 0;
    }
    if (options.engine === 'private') return inPrivateEngine(args, signal);
    const progress = process.stderr.isTTY ? onTerminal() : asLines((line) => console.error(line));
    const held = await report(options, await runCampaign(options, progress, {}, signal));
    return held && !signal.aborted ? 0 : 1;
  },
);
