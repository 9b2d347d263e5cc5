import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';

/** How long an engine 20.10 takes on two processors, in milliseconds, rounded; starts and stops with a bridge network. */
const usual: Readonly<Record<string, number>> = {
  list: 0.4,
  inspect: 0.4,
  create: 8,
  start: 150,
  restart: 230,
  stop: 90,
  remove: 30,
  kill: 4,
  rename: 5,
  update: 8,
  pause: 8,
  unpause: 8,
  connect: 60,
  disconnect: 60,
  network: 60,
  volume: 3,
  pull: 400,
};

export type CallKind = keyof typeof usual;

/** The engine works on so many starts at once; the others wait. */
const startsAtOnce = 4;

/** Makes calls take as long as they do on a real engine. */
export class Latency {
  /** 1 for the real engine's times, 0 for none at all. */
  scale: number;
  readonly #starts: LimitFunction = pLimit(startsAtOnce);

  constructor(scale: number) {
    this.scale = scale;
  }

  /** Waits as long as a call of this kind takes. Reads take no timer: theirs is the time of the answer itself. */
  async spend(kind: CallKind): Promise<void> {
    const ms = (usual[kind] ?? 0) * this.scale;
    if (ms < 1) return;
    if (kind === 'start' || kind === 'restart') await this.#starts(() => sleep(ms));
    else await sleep(ms);
  }
}
