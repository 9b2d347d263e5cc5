import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineProblem, isValidName, nameRule } from './problem.ts';
import type { Volume } from './shapes.ts';
import type { World } from './world.ts';

/** What the engine does with volumes. Every method throws `EngineProblem` as the engine refuses. */
export class Volumes {
  readonly #world: World;
  /** Whether volumes get real folders. */
  readonly #folders: boolean;

  constructor(world: World, folders: boolean) {
    this.#world = world;
    this.#folders = folders;
  }

  all(): readonly Volume[] {
    return [...this.#world.volumes.values()];
  }

  find(name: string): Volume {
    const volume = this.#world.volumes.get(name);
    if (volume === undefined) throw new EngineProblem(404, `get ${name}: no such volume`);
    return volume;
  }

  /** A volume that exists is answered as it is, whatever labels are asked for. */
  create(name: string, labels: Readonly<Record<string, string>> | null): Volume {
    if (!isValidName(name)) {
      const hint = 'If you intended to pass a host directory, use absolute path';
      const message = `create ${name}: "${name}" includes invalid characters for a local volume name, only "${nameRule}" are allowed. ${hint}`;
      throw new EngineProblem(400, message);
    }
    const volume = this.#world.volumes.get(name) ?? this.#make(name, labels);
    this.#world.tellOfVolume(name, 'create');
    return volume;
  }

  remove(name: string): void {
    this.find(name);
    const users = [...this.#world.containers.values()].filter(({ Mounts }) =>
      Mounts.some((mount) => mount.Name === name),
    );
    if (users.length > 0) {
      const ids = users.map(({ Id }) => Id).join(', ');
      throw new EngineProblem(409, `remove ${name}: volume is in use - [${ids}]`);
    }
    this.#world.volumes.delete(name);
    this.#world.tellOfVolume(name, 'destroy');
  }

  #make(Name: string, labels: Readonly<Record<string, string>> | null): Volume {
    const Mountpoint = join(this.#world.volumeRoot, Name, '_data');
    if (this.#folders) mkdirSync(Mountpoint, { recursive: true });
    const volume: Volume = {
      CreatedAt: `${this.#world.now().slice(0, 19)}Z`,
      Driver: 'local',
      Labels: labels === null ? null : { ...labels },
      Mountpoint,
      Name,
      Options: null,
      Scope: 'local',
    };
    this.#world.volumes.set(Name, volume);
    return volume;
  }
}
