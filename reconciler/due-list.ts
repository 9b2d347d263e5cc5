interface Entry {
  readonly due: number;
  readonly name: string;
}

/** What is due when, by a clock that the caller keeps: a binary heap, so that waiting costs nothing. */
export class DueList {
  readonly #heap: Entry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(name: string, due: number): void {
    const heap = this.#heap;
    let at = heap.push({ due, name }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLater(parent, at)) return;
      at = parent;
    }
  }

  /** Takes the earliest entry that is due by `now`; null when none is. */
  takeDue(now: number): Entry | null {
    const [first] = this.#heap;
    if (first === undefined || first.due > now) return null;
    const last = this.#heap.pop();
    if (last !== undefined && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      const earlier = this.#dueAt(right) < this.#dueAt(left) ? right : left;
      if (earlier >= this.#heap.length || !this.#swapIfLater(at, earlier)) return;
      at = earlier;
    }
  }

  #dueAt(at: number): number {
    return this.#heap[at]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Swaps a parent with its child when the child is due before it. */
  #swapIfLater(parent: number, child: number): boolean {
    const [above, below] = [this.#heap[parent], this.#heap[child]];
    if (above === undefined || below === undefined || above.due <= below.due) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }
}
