import { writeFile } from 'node:fs/promises';
import { runLongCommand } from '../support/long-command.ts';
import { measureCold } from './cold.ts';
import { composeVersion } from './compose.ts';
import { describeMachine } from './machine.ts';
import { measureNoop } from './noop.ts';
import { type BenchOptions, needsEngine, readOptions, usage } from './options.ts';
import { measureReal } from './real/measure.ts';
import { measureRepair } from './repair.ts';
import { type Report, reportLines, reportOf } from './report.ts';
import type { Bench } from './rounds.ts';
import { measureScale } from './scale/measure.ts';
import { measureNeighbours } from './scale/neighbours.ts';
import { publishedFlux } from './scale/published.ts';
import { measureSoak } from './scale/soak.ts';
import { measureEdit } from './web/edit.ts';
import { measureLinks } from './web/links.ts';
import { measureList } from './web/list.ts';

const noCompose =
  'docker-compose is not installed (Debian: apt-get install docker-compose): nothing is compared with it.';

async function measure(options: BenchOptions, signal: AbortSignal): Promise<Report> {
  const at = new Date();
  const { only, rounds, sweep } = options;
  const compose = await composeVersion();
  const machine = await describeMachine(needsEngine(only), compose);
  const bench: Bench = {
    tenants: options.tenants,
    platforms: [],
    progress: (line) => console.error(line),
    signal,
  };
  if (compose === null) bench.progress(noCompose);
  const contested = { compose: compose !== null };
  const results = {
    cold: only.has('cold') ? await measureCold(bench, { rounds: rounds.cold, sweep, ...contested }) : null,
    noop: only.has('no-op') ? await measureNoop(bench, { rounds: rounds['no-op'], ...contested }) : null,
    repair: only.has('repair') ? await measureRepair(bench, rounds.repair) : null,
    real: only.has('real')
      ? await measureReal({ ...bench, tenants: options.realTenants }, rounds.real)
      : null,
    scale: only.has('scale') ? await measureScale(bench, options.scale, rounds.scale) : null,
    neighbours: only.has('neighbours')
      ? await measureNeighbours(bench, options.neighbours, rounds.neighbours)
      : null,
    edit: only.has('edit') ? await measureEdit(bench, rounds.edit) : null,
    list: only.has('list') ? await measureList(bench, options.list, rounds.list) : null,
    links: only.has('links') ? await measureLinks(bench, options.links, rounds.links) : null,
    soak: only.has('soak') ? await measureSoak(bench, options.soak) : null,
  };
  const notes = [...(compose === null ? [noCompose] : []), ...(only.has('scale') ? publishedFlux : [])];
  const { tenants, platforms } = bench;
  return reportOf(results, { at: at.toISOString(), machine, tenants, platforms, notes });
}

await runLongCommand(
  'Stopping: what is under way ends, then all that was made is removed.',
  async (args, signal) => {
    const options = readOptions(args, new Date());
    if (options === null) {
      console.log(usage);
      return 0;
    }
    const report = await measure(options, signal);
    await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    console.log([...reportLines(report), '', `Written to ${options.json}`].join('\n'));
    return options.strict && report.targets.some(({ reached }) => !reached) ? 2 : 0;
  },
);
