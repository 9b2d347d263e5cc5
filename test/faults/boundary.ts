/** One place and one thing that goes wrong there: `POST /containers/create#1` `drop-reply`. */
export interface Fault {
  readonly at: string;
  readonly action: string;
}

/** A border between the reconciler and the world whose calls are counted, keyed and can fail. */
export interface Boundary {
  readonly name: 'docker' | 'git' | 'disk';
  /** Keys of the calls since `reset`, in order: method, path template, occurrence. */
  seen(): readonly string[];
  /** The actions that make sense at a key. */
  actions(key: string): readonly string[];
  /** The fault that is to happen; null for none. */
  arm(fault: Fault | null): void;
  /** Whether the armed fault has happened. */
  fired(): boolean;
  /**
   * Resolves when a kill that was begun is over: a process that asks more than one thing at once may have failed, and said
   * so, before one of its calls brings its death.
   */
  settled(): Promise<void>;
  reset(): void;
  close(): Promise<void>;
}
