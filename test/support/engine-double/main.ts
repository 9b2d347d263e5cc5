/** An engine double as a process of its own, steered over IPC: started by `process.ts`. */
import { obeyParent } from '../child-orders.ts';
import { type Control, controlOf } from './control.ts';
import { type DoubleOptions, EngineDouble } from './double.ts';

let double: EngineDouble | null = null;
let control: Control | null = null;

obeyParent(
  async (verb, args): Promise<unknown> => {
    if (verb === 'open') {
      double = await EngineDouble.open(args[0] as DoubleOptions);
      control = controlOf(double);
      return double.socket;
    }
    if (verb === 'close') return double?.close();
    if (control === null) throw new Error('the engine double was not opened');
    const done: unknown = Reflect.apply(control[verb as keyof Control], control, args);
    return done;
  },
  // A parent that is gone needs no engine; what it had on the disk goes with it.
  async () => double?.close(),
);
