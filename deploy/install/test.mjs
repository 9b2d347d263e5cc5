import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultHost, ping } from './docker-host.mjs';
import { ensurePackages } from './packages.mjs';
import { removeAbandonedEngines, startPrivateEngine } from './private-engine.mjs';
import { foreground } from './programs.mjs';
import { testEnginePackages, testPackages } from './test-packages.mjs';
import { closingLine, isTestReport } from './test-report.mjs';
import { ensureToolchain, root } from './toolchain.mjs';
import { codeOf, runMain, UserError } from './user-error.mjs';

// `npm test`: what is needed, then every test. `--with-check` checks types and style first; other arguments are
// vitest's. The last line is `<n> passed, <m> failed`.
await runMain(async () => {
  const passedOn = process.argv.slice(2).filter((argument) => argument !== '--with-check');
  const toolchain = await ensureToolchain();
  const checked = process.argv.includes('--with-check') ? await check(toolchain) : 0;
  await ensurePackages(testPackages);
  const abandoned = await removeAbandonedEngines();
  if (abandoned.length > 0) console.log(`Removed what earlier runs left: ${abandoned.join(', ')}`);
  const tested = await withEngine((engine) => runTests(toolchain, engine, passedOn));
  return tested === 0 ? checked : tested;
});

/** @typedef {{readonly host: string, readonly nsenter: readonly string[]}} TestEngine */

/**
 * Hands over the engine that answers, or one of the tests' own that is removed afterwards whatever happens.
 *
 * @param {(engine: TestEngine) => Promise<number>} use
 */
async function withEngine(use) {
  const host = process.env['DOCKER_HOST'] || defaultHost;
  const answer = await ping(host);
  if (answer.answers) return use({ host, nsenter: [] });
  if (answer.denied)
    throw new UserError(
      `you may not use the Docker Engine at ${host}: run this as root, or join the group "docker"`,
    );
  if (!host.startsWith('unix://'))
    throw new UserError(`no Docker Engine answers at DOCKER_HOST=${host} (${answer.why})`);
  await ensurePackages(testEnginePackages);
  console.log(`No Docker Engine answers at ${host}: starting one for the tests`);
  // A signal ends the tests, which is waited for; then the engine goes.
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', ignore);
  const engine = await startPrivateEngine(`run-${process.pid}`);
  try {
    return await use(engine);
  } finally {
    await engine.stop();
  }
}

/**
 * @param {import('./toolchain.mjs').Toolchain} toolchain
 * @param {TestEngine} engine
 * @param {readonly string[]} args
 * @returns {Promise<number>} vitest's exit code
 */
async function runTests({ node, env }, engine, args) {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-report-'));
  try {
    const file = join(folder, 'report.json');
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    // Containers' addresses are reached from the engine's own network namespace, so the tests run in there.
    const [program = node, ...rest] = [...engine.nsenter, node, vitest, 'run', ...reporters, ...args];
    const code = await foreground(program, rest, {
      cwd: root,
      // Tests start Node hundreds of times: compiled code is kept, where the command keeps its own (`cli/tenantry.mjs`).
      env: {
        NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'tenantry'),
        ...env,
        DOCKER_HOST: engine.host,
      },
    });
    console.log(closingLine(readReport(file), code));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {import('./toolchain.mjs').Toolchain} toolchain */
async function check({ env }) {
  const code = await foreground('npm', ['run', '--silent', 'check'], { cwd: root, env });
  if (code !== 0)
    console.error('The check of types and style failed, see above; the tests run nevertheless.');
  return code;
}

/** @param {string} path */
function readReport(path) {
  try {
    /** @type {unknown} */
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return isTestReport(report) ? report : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}
