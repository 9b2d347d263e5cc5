/** An engine double as a process of its own, steered over IPC: started by `process.ts`. */
import { type Control, controlOf } from './control.ts';
import { type DoubleOptions, EngineDouble } from './double.ts';

/** What the parent sends. */
export interface Order {
  readonly id: number;
  readonly verb: keyof Control | 'open' | 'close' | 'usage';
  readonly args: readonly unknown[];
}

export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

let double: EngineDouble | null = null;
let control: Control | null = null;

async function obey({ verb, args }: Order): Promise<unknown> {
  if (verb === 'open') {
    double = await EngineDouble.open(args[0] as DoubleOptions);
    control = controlOf(double);
    return double.socket;
  }
  if (verb === 'usage') return { cpu: process.cpuUsage(), memory: process.memoryUsage() };
  if (verb === 'close') return double?.close();
  if (control === null) throw new Error('the engine double was not opened');
  return Reflect.apply(control[verb], control, args);
}

process.on('message', (order: Order) => {
  obey(order).then(
    (result) => reply({ id: order.id, result }),
    (error: unknown) =>
      reply({ id: order.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

// A parent that is gone needs no engine; what it had on the disk goes with it.
process.on('disconnect', () => {
  void (double?.close() ?? Promise.resolve()).finally(() => process.exit(0));
});

function reply(message: Reply): void {
  process.send?.(message);
}
