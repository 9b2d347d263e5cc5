/** One request of the reconciler, as it left it and as it was answered. */
export interface CallRecord {
  /** Milliseconds since the epoch, with fractions; the same clock as the changes'. */
  readonly at: number;
  readonly key: string;
  readonly method: string;
  readonly template: string;
  /** Name of what it is about. */
  readonly subject: string | null;
  /** Labels of the container that it is about, as far as they are known. */
  readonly labels: Readonly<Record<string, string>> | null;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** What went wrong with it; null for nothing. */
  readonly fault: string | null;
  /** Whether the engine got it. */
  reached: boolean;
  /** As the engine answered; null when it did not. */
  status: number | null;
}

export function isChange({ method }: Pick<CallRecord, 'method'>): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

export function now(): number {
  return performance.timeOrigin + performance.now();
}
