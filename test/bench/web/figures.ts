import { Figures, type Unit } from '../scale/figures.ts';

/** Figures with what each is to be set against. */
export class WebFigures extends Figures {
  /** Name of the figure that another is shown as a part or a multiple of. */
  readonly yardsticks = new Map<string, string>();

  addTo(yardstick: string, name: string, value: number, unit: Unit): void {
    this.add(name, value, unit);
    if (name !== yardstick) this.yardsticks.set(name, yardstick);
  }
}
