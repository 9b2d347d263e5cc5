import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { git, gitEnv } from '../../support/git-repo.ts';

/** Where a commit is written before the branch moves to it: nobody follows it. */
const staged = 'refs/bench/staged';

/** A bare repository that is written by `git fast-import`: 25,000 files in a second or two, a commit in milliseconds. */
export class BulkRepository {
  readonly dir: string;
  #commits = 0;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** @param dir a folder that is not there yet */
  static async make(dir: string, files: Iterable<readonly [string, string]>): Promise<BulkRepository> {
    await mkdir(dir, { recursive: true });
    git(dir, ['init', '--quiet', '--bare', '--initial-branch=main']);
    const repository = new BulkRepository(dir);
    await repository.commit(files, 'everything');
    return repository;
  }

  /**
   * Adds or replaces files on `main`. When it returns, the branch is at the new commit.
   *
   * @returns the moment just before the branch moved, in milliseconds since 1970: whoever watches it is no quicker
   */
  async commit(files: Iterable<readonly [string, string]>, message: string): Promise<number> {
    const importer = spawn('git', ['-C', this.dir, 'fast-import', '--quiet'], {
      env: gitEnv,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const ended = once(importer, 'close');
    let complaint = '';
    importer.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    await pipeline(Readable.from(this.#stream(files, message)), importer.stdin);
    const [code] = await ended;
    if (code !== 0) throw new Error(`git fast-import ended with ${code}: ${complaint}`);
    this.#commits += 1;
    return this.#move();
  }

  /** Has `main` lead where `staged` leads, as git does it: by a file that takes the place of another. */
  async #move(): Promise<number> {
    const branch = join(this.dir, 'refs', 'heads', 'main');
    const lock = `${branch}.lock`;
    await copyFile(join(this.dir, staged), lock, constants.COPYFILE_EXCL);
    const before = performance.timeOrigin + performance.now();
    await rename(lock, branch);
    return before;
  }

  *#stream(files: Iterable<readonly [string, string]>, message: string): Generator<string> {
    const seconds = 1_780_000_000 + this.#commits;
    yield `commit ${staged}\ncommitter Ada <ada@example.com> ${seconds} +0000\n${data(message)}`;
    if (this.#commits > 0) yield 'from refs/heads/main^0\n';
    for (const [path, content] of files) yield `M 100644 inline ${path}\n${data(content)}`;
    yield '\n';
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
