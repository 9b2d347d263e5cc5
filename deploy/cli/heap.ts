import { setFlagsFromString } from 'node:v8';

/**
 * Keeps this process small, for one that runs for months. V8 lets the room for garbage grow with each burst of work and
 * keeps what it took; in its memory saver mode it collects earlier and compacts what is left. A reconciler is resident,
 * with it and without, with 136 and 230 MiB at 1,000 tenants, 417 and 700 MiB at 10,000, of which 40 and 210 MiB are alive.
 *
 * That mode alone begins to collect when a tenth of what is alive has come. At 10,000 tenants each revision did, and
 * waited for it: a collection of everything is 200 ms of marking, and then a pause of 90. A quarter keeps a node within
 * the same memory (see `test/README.md`) and brings a change among 10,000 tenants to Docker in three quarters of
 * the time.
 *
 * It collects more often all the same: a control node has half as many readers in a second with it, so this is for nodes
 * alone, where tenants need the memory and passes are rare.
 *
 * To be called once, first of all: what the heap took before it keeps.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--memory-saver-mode');
  setFlagsFromString('--heap-growing-percent=25');
}
