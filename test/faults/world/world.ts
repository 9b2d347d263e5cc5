import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeSecretsMount } from '../../../reconciler/adapters/files-tmpfs.ts';
import type { Boundary } from '../boundary.ts';
import { DockerBoundary } from '../docker/boundary.ts';
import type { Round, WorkerOptions } from '../worker.ts';
import { type Worker, type WorkerSetup, Workers } from '../worker-process.ts';
import type { Workload } from '../workloads/workload.ts';
import type { EngineChange, TestEngine } from './engine.ts';
import { roomyFolder } from './folder.ts';
import { OtherHand } from './other-hand.ts';
import { moveBranch, type Template } from './revisions.ts';
import { mask, type Site } from './site.ts';
import { putStrangers } from './strangers.ts';

/** Where a world is, for boundaries that stand elsewhere than in front of the engine. */
export interface WorldHome {
  readonly dir: string;
  readonly dataDir: string;
  readonly secretsDir: string;
  /** The bare repository, and the branch that is followed. */
  readonly bare: string;
  readonly branch: string;
  /** SIGKILL to the reconciler; resolves when it is dead. */
  kill(): Promise<void>;
}

/** A boundary, and what of the reconciler's start it changes. */
export interface Attachment extends Partial<WorkerSetup> {
  readonly boundary: Boundary;
  /** Where the repository is asked for instead of its folder. */
  readonly repo?: string;
}

export type Attach = (home: WorldHome) => Promise<Attachment>;

export interface WorldOptions {
  readonly site: Site;
  readonly template: Template;
  /** Makes an engine whose files are below the folder. */
  readonly openEngine: (folder: string) => Promise<TestEngine>;
  /** Milliseconds; short, so that what hangs is given up soon. */
  readonly deadlines: NonNullable<WorkerOptions['dockerDeadlines']>;
  readonly delayMs: number;
  readonly attach?: readonly Attach[];
  /** More for each worker: a seeded bug, for one. */
  readonly worker?: WorkerSetup;
}

/** What became of a command to the reconciler. `died`: the process ended and nobody had killed it. */
export type Outcome =
  | { readonly type: 'rounds'; readonly rounds: readonly Round[] }
  | { readonly type: 'failed'; readonly code: string | null; readonly name: string; readonly message: string }
  | { readonly type: 'killed' | 'died' };

const branch = 'main';

/** Where nothing goes wrong on purpose a call that is late waits for the machine. */
const calm = { read: 60_000, change: 60_000, stopGrace: 60_000, pullIdle: 60_000 };

/** An engine, a repository, a disk and a reconciler, all its own; used for one trial after the other. */
export class World {
  readonly home: WorldHome;
  readonly docker: DockerBoundary;
  readonly boundaries: readonly Boundary[];
  readonly site: Site;
  readonly #options: WorldOptions;
  readonly #attachments: readonly Attachment[];
  readonly #workers: Workers;
  #engine: TestEngine | null = null;
  #worker: Worker | null = null;
  #hand: OtherHand | null = null;
  #output = '';

  private constructor(
    options: WorldOptions,
    home: WorldHome,
    docker: DockerBoundary,
    attachments: readonly Attachment[],
  ) {
    this.#options = options;
    this.site = options.site;
    this.home = home;
    this.docker = docker;
    this.#attachments = attachments;
    this.boundaries = [docker, ...attachments.map(({ boundary }) => boundary)];
    const setups = [...attachments, ...(options.worker === undefined ? [] : [options.worker])];
    this.#workers = new Workers({
      execArgv: setups.flatMap(({ execArgv = [] }) => execArgv),
      env: Object.assign({}, ...setups.map(({ env = {} }) => env)),
    });
  }

  static async open(options: WorldOptions): Promise<World> {
    const dir = await mkdtemp(join(await roomyFolder(), `tenantry-faults-${process.pid}-`));
    const made: { world: World | null } = { world: null };
    const kill = async (): Promise<void> => made.world?.kill();
    const home: WorldHome = {
      dir,
      dataDir: join(dir, 'data'),
      secretsDir: join(dir, 'secrets'),
      bare: options.template.copy(dir),
      branch,
      kill,
    };
    const docker = await DockerBoundary.open(join(dir, 'docker.sock'), {
      kill,
      shutdown: () => made.world?.shutdown(),
      meddle: async (how) => made.world?.otherHand.meddle(how) ?? false,
      mask: (name) => mask(options.site, name),
      delayMs: options.delayMs,
    });
    const attachments: Attachment[] = [];
    for (const attach of options.attach ?? []) attachments.push(await attach(home));
    made.world = new World(options, home, docker, attachments);
    return made.world;
  }

  /** Somebody else at this world's engine. */
  get otherHand(): OtherHand {
    if (this.#hand === null) throw new Error('begin first');
    return this.#hand;
  }

  get engine(): TestEngine {
    if (this.#engine === null) throw new Error('begin first');
    return this.#engine;
  }

  changes(): readonly EngineChange[] {
    return this.engine.changes();
  }

  /** All that the reconciler has written since `begin`. */
  output(): string {
    this.#output += this.#worker?.takeOutput() ?? '';
    return this.#output;
  }

  boundary(name: Boundary['name']): Boundary {
    const found = this.boundaries.find((one) => one.name === name);
    if (found === undefined) throw new Error(`this world has no ${name} boundary`);
    return found;
  }

  /** A blank world: an empty disk, an engine with strangers on it, the branch at the workload's first commit. */
  async begin(workload: Workload): Promise<void> {
    const { site, template, openEngine } = this.#options;
    const { dir, dataDir, secretsDir, bare } = this.home;
    await this.#end();
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(join(dataDir, 'node.key'), `${site.key.identity}\n`, { mode: 0o600 });
    await mkdir(secretsDir, { recursive: true, mode: 0o700 });
    const folder = join(dir, 'engine');
    await mkdir(folder, { recursive: true });
    this.#engine = await openEngine(folder);
    this.#hand = new OtherHand(this.#engine.host, site, workload.subject, this.home);
    await putStrangers(this.#engine.host, site);
    this.docker.retarget(this.#engine.socket);
    for (const boundary of this.boundaries) boundary.reset();
    moveBranch(bare, branch, template.of(workload.name).before);
  }

  /** What a person pushes. */
  push(commit: string): void {
    moveBranch(this.home.bare, branch, commit);
  }

  /** Where the branch is: another hand may have put a commit on top. Empty where there is no branch. */
  async head(): Promise<string> {
    const file = join(this.home.bare, 'refs', 'heads', branch);
    return (await readFile(file, 'utf8').catch(() => '')).trim();
  }

  /**
   * Starts a reconciler, converges `rounds` times, and closes it.
   *
   * @param faulty whether calls may hang, so that they are given up soon; otherwise deadlines outlast any busy machine
   */
  async once(rounds: number, faulty = false): Promise<Outcome> {
    const worker = await this.#ready();
    const options = this.#startOptions(60_000, 60_000);
    worker.send({ type: 'once', options: faulty ? options : { ...options, dockerDeadlines: calm }, rounds });
    return this.#outcome(worker);
  }

  /** Starts a reconciler that goes on by events and ticks. */
  async loop(tickMs: number): Promise<Outcome | null> {
    const worker = await this.#ready();
    worker.send({ type: 'loop', options: this.#startOptions(tickMs, tickMs) });
    const answer = await worker.answer();
    if (answer?.type === 'looping') return null;
    return this.#outcomeOf(worker, answer);
  }

  /** Ends the loop; null when it ended as it should. */
  async stopLoop(): Promise<Outcome | null> {
    const worker = this.#worker;
    if (worker === null) return null;
    worker.send({ type: 'stop' });
    const answer = await worker.answer();
    return answer?.type === 'stopped' ? null : this.#outcomeOf(worker, answer);
  }

  get alive(): boolean {
    return this.#worker?.alive === true;
  }

  /** SIGKILL to the reconciler; resolves when it is dead. */
  async kill(): Promise<void> {
    await this.#worker?.kill();
  }

  /** Asks the reconciler to end as a service manager does, and does not wait. */
  shutdown(): void {
    this.#worker?.send({ type: 'abort' });
  }

  async close(): Promise<void> {
    await this.#end();
    await this.kill();
    await this.#workers.close();
    for (const boundary of this.boundaries) await boundary.close();
    await rm(this.home.dir, { recursive: true, force: true });
  }

  async #ready(): Promise<Worker> {
    if (this.#worker?.alive !== true) {
      this.output();
      this.#worker = await this.#workers.take();
    }
    return this.#worker;
  }

  async #outcome(worker: Worker): Promise<Outcome> {
    return this.#outcomeOf(worker, await worker.answer());
  }

  #outcomeOf(worker: Worker, answer: Awaited<ReturnType<Worker['answer']>>): Outcome {
    if (answer === null) return { type: worker.killed ? 'killed' : 'died' };
    if (answer.type === 'rounds' || answer.type === 'failed') return answer;
    throw new Error(`the worker answered ${answer.type} where an outcome was due`);
  }

  #startOptions(tickMs: number, pollMs: number): WorkerOptions {
    const { site, deadlines: dockerDeadlines } = this.#options;
    const { dataDir, secretsDir, bare } = this.home;
    const repo =
      this.#attachments.map((attachment) => attachment.repo).find((one) => one !== undefined) ?? bare;
    const { host: dockerHost } = this.docker;
    const engine = { dockerHost, dockerDeadlines };
    return { ...engine, repo, branch, node: site.node, dataDir, secretsDir, tickMs, pollMs };
  }

  async #end(): Promise<void> {
    this.output();
    this.#output = '';
    await this.#engine?.close();
    this.#engine = null;
    const { dir, dataDir, secretsDir } = this.home;
    const secrets = await readdir(secretsDir).catch(() => []);
    for (const name of secrets) await rm(join(secretsDir, name), { recursive: true, force: true });
    await removeSecretsMount(secretsDir);
    for (const folder of [dataDir, join(dir, 'engine')]) await rm(folder, { recursive: true, force: true });
  }
}
