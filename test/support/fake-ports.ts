import { createHash } from 'node:crypto';
import type {
  Beginning,
  Bridge,
  BridgeStatus,
  Clock,
  Files,
  Probe,
  ProbeResult,
  StateStore,
} from '../../reconciler/ports.ts';

const digest = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Managed folders in memory. `folders` is open to tests that play the other hand. */
export class FakeFiles implements Files {
  readonly folders = new Map<string, Map<string, Uint8Array>>();
  readonly secrets = new Map<string, Map<string, Uint8Array>>();

  configDir = (tenant: string): string => `/data/tenants/${tenant}/files`;
  secretsDir = (tenant: string): string => `/run/tenantry/${tenant}`;

  async tenants(): Promise<string[]> {
    return [...new Set([...this.folders.keys(), ...this.secrets.keys()])];
  }

  async digests(tenant: string): Promise<Record<string, string> | null> {
    const folder = this.folders.get(tenant);
    return folder === undefined
      ? null
      : Object.fromEntries([...folder].map(([path, content]) => [path, digest(content)]));
  }

  async write(
    tenant: string,
    files: Readonly<Record<string, Uint8Array>>,
    beginning: Beginning,
  ): Promise<void> {
    await beginning(!this.folders.has(tenant));
    this.folders.set(tenant, new Map(Object.entries(files)));
  }

  async readSecrets(tenant: string): Promise<ReadonlyMap<string, Uint8Array> | null> {
    return this.secrets.get(tenant) ?? null;
  }

  async writeSecrets(
    tenant: string,
    files: ReadonlyMap<string, Uint8Array>,
    beginning: Beginning,
  ): Promise<void> {
    await beginning(!this.secrets.has(tenant));
    this.secrets.set(tenant, new Map(files));
  }

  async remove(tenant: string): Promise<void> {
    this.folders.delete(tenant);
    this.secrets.delete(tenant);
  }

  async watch(_onChange: (tenant: string) => void, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

/** State documents in memory, as JSON text, so that what does not survive JSON does not survive here either. */
export class FakeState implements StateStore {
  readonly documents = new Map<string, string>();
  readonly logs = new Map<string, string[]>();

  async read(name: string): Promise<unknown> {
    const text = this.documents.get(name);
    return text === undefined ? null : JSON.parse(text);
  }

  async write(name: string, value: unknown): Promise<void> {
    this.documents.set(name, JSON.stringify(value));
  }

  async remove(name: string): Promise<void> {
    this.documents.delete(name);
  }

  async append(name: string, entry: unknown, keep: number): Promise<void> {
    this.logs.set(name, [...(this.logs.get(name) ?? []), JSON.stringify(entry)].slice(-keep));
  }

  async readLog(name: string): Promise<unknown[]> {
    return (this.logs.get(name) ?? []).map((line): unknown => JSON.parse(line));
  }
}

/** A clock that jumps to the end of every sleep. */
export class FakeClock implements Clock {
  time = Date.parse('2026-11-21T10:00:00Z');
  #forward = 0;

  now = (): number => this.time + this.#forward;
  monotonic = (): number => this.#forward;

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.#forward += ms;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
}

/** Answers every probe the same way until told otherwise. */
export class FakeProbe implements Probe {
  healthy = true;

  async http(_target: Parameters<Probe['http']>[0]): Promise<ProbeResult> {
    return this.healthy
      ? { healthy: true, detail: 'HTTP 200 in 1 ms' }
      : { healthy: false, detail: 'HTTP 503 in 1 ms' };
  }
}

/** A runtime's bridge that keeps its own record of tokens, as BRIDGE.md asks of it. */
export class FakeBridge implements Bridge {
  state: BridgeStatus['state'] = 'disconnected';
  lastPairing: string | null = null;
  pairingOutcome: string | null = null;
  lastDisconnect: string | null = null;
  readonly asked: string[] = [];

  async status(): Promise<BridgeStatus> {
    const { state, lastPairing, pairingOutcome, lastDisconnect } = this;
    return { state, lastPairing, pairingOutcome, lastDisconnect };
  }

  async pair(_target: unknown, token: string): Promise<void> {
    this.asked.push(`pair ${token}`);
    this.lastPairing = token;
    this.state = 'connected';
  }

  async disconnect(_target: unknown, token: string): Promise<void> {
    this.asked.push(`disconnect ${token}`);
    this.lastDisconnect = token;
    this.state = 'disconnected';
  }

  async events(_target: unknown, _onEvent: unknown, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}
