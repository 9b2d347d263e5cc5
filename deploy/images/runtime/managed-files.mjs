import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isNodeError, isRecord, messageOf } from './durable-json.mjs';

/**
 * One consistent reading of the managed files. It is replaced as a whole or not at all.
 *
 * @typedef {object} Loaded
 * @property {string} loadedAt ISO 8601
 * @property {{readonly sha256: string | null, readonly value: Record<string, unknown>}} config sha256 null: no file
 * @property {readonly Prompt[]} prompts by name
 * @property {readonly Skill[]} skills by id
 *
 * @typedef {{readonly name: string, readonly sha256: string, readonly text: string}} Prompt
 * @typedef {{readonly id: string, readonly sha256: string, readonly skill: Record<string, unknown>}} Skill
 */

/**
 * Reads `config.json`, `prompts/<name>.md` and `skills/<id>.json`. A folder or file that is not there is an empty one:
 * a tenant needs no prompts.
 *
 * @param {string} dir
 * @param {string} loadedAt
 * @returns {Promise<Loaded>}
 * @throws {Error} naming the file that is broken
 */
export async function loadManagedFiles(dir, loadedAt) {
  const [config, prompts, skills] = await Promise.all([
    readConfig(join(dir, 'config.json')),
    readFolder(join(dir, 'prompts'), '.md'),
    readFolder(join(dir, 'skills'), '.json'),
  ]);
  return {
    loadedAt,
    config,
    prompts: prompts.map(({ name, content }) => ({
      name,
      sha256: sha256(content),
      text: content.toString(),
    })),
    skills: skills.map(({ name, path, content }) => ({
      id: name,
      sha256: sha256(content),
      skill: parseObject(path, content),
    })),
  };
}

/**
 * @param {string} dir
 * @returns {Promise<readonly string[]>} names of the secrets, sorted; their values are not read
 */
export async function secretNames(dir) {
  const entries = await orMissing(readdir(dir), []);
  return entries.filter((name) => !name.startsWith('.')).sort();
}

/** @param {string} path */
async function readConfig(path) {
  const content = await orMissing(readFile(path), null);
  if (content === null) return { sha256: null, value: {} };
  return { sha256: sha256(content), value: parseObject(path, content) };
}

/**
 * @param {string} dir
 * @param {string} extension
 */
async function readFolder(dir, extension) {
  const entries = await orMissing(readdir(dir), []);
  // Files that are being written aside begin with a dot.
  const names = entries.filter((name) => name.endsWith(extension) && !name.startsWith('.')).sort();
  return Promise.all(
    names.map(async (file) => {
      const path = join(dir, file);
      return { name: file.slice(0, -extension.length), path, content: await readFile(path) };
    }),
  );
}

/**
 * @template T
 * @template U
 * @param {Promise<T>} reading
 * @param {U} missing
 * @returns {Promise<T | U>}
 */
async function orMissing(reading, missing) {
  try {
    return await reading;
  } catch (error) {
    if (isNodeError(error) && error.code === 'ENOENT') return missing;
    throw error;
  }
}

/**
 * @param {string} path
 * @param {Buffer} content
 * @returns {Record<string, unknown>}
 */
function parseObject(path, content) {
  /** @type {unknown} */
  let value;
  try {
    value = JSON.parse(content.toString());
  } catch (error) {
    throw new Error(`${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  if (isRecord(value)) return value;
  throw new Error(`${path} is not a JSON object`);
}

/** @param {Buffer} content */
function sha256(content) {
  return createHash('sha256').update(content).digest('hex');
}
