import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../../reconciler/memory-store.ts';
import { blankMemory } from '../../reconciler/plan/memory.ts';
import { FakeState } from '../support/fake-ports.ts';

const quarantine = { specHash: 'v1:4f2c', revision: 'a', reason: 'exited with code 1', at: 5 };

/** Writes that end when the test says so. */
class SlowState extends FakeState {
  readonly pending: PromiseWithResolvers<void>[] = [];
  writes = 0;

  override async write(name: string, value: unknown): Promise<void> {
    this.writes += 1;
    const text = JSON.stringify(value);
    const gate = Promise.withResolvers<void>();
    this.pending.push(gate);
    await gate.promise;
    this.documents.set(name, text);
  }

  /** Lets the oldest write end. */
  async endWrite(error?: Error): Promise<void> {
    const gate = this.pending.shift();
    if (error === undefined) gate?.resolve();
    else gate?.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('what is remembered', () => {
  test('of a tenant that nobody knows is nothing', async () => {
    const memory = await MemoryStore.open(new FakeState());
    expect(memory.get('acme')).toEqual(blankMemory);
    expect(memory.all()).toEqual({});
  });

  test('survives the process', async () => {
    const state = new FakeState();
    await (await MemoryStore.open(state)).keep('acme', { quarantine, reloadPending: true });
    const memory = await MemoryStore.open(state);
    expect(memory.get('acme')).toEqual({ ...blankMemory, quarantine, reloadPending: true });
    expect(memory.get('globex')).toEqual(blankMemory);
  });

  test.each([null, 'text', [], { tenants: [] }, { tenants: { acme: 5 } }, {}])(
    'INV-19: is nothing when the document holds %j',
    async (stored) => {
      const state = new FakeState();
      await state.write('memory', stored);
      expect((await MemoryStore.open(state)).get('acme')).toEqual(blankMemory);
    },
  );

  test('of an older version lacks what that one did not know, and nothing else', async () => {
    const state = new FakeState();
    await state.write('memory', { tenants: { acme: { quarantine } } });
    expect((await MemoryStore.open(state)).get('acme')).toEqual({ ...blankMemory, quarantine });
  });

  test('is gone when it is forgotten', async () => {
    const state = new FakeState();
    const memory = await MemoryStore.open(state);
    await memory.keep('acme', { reloadPending: true });
    memory.forget('acme');
    await memory.flush();
    expect((await MemoryStore.open(state)).all()).toEqual({});
  });
});

describe('writing', () => {
  test('what changed nothing is not written', async () => {
    const state = new SlowState();
    const memory = await MemoryStore.open(state);
    await memory.keep('acme', { reloadPending: false });
    memory.forget('nobody');
    await memory.flush();
    expect(state.writes).toBe(0);
  });

  test('a fact that must survive is on disk when the caller goes on, and not before', async () => {
    const state = new SlowState();
    const memory = await MemoryStore.open(state);
    let kept = false;
    const keeping = memory.keep('acme', { reloadPending: true }).then(() => {
      kept = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept).toBe(false);
    await state.endWrite();
    await keeping;
    expect(state.documents.get('memory')).toContain('"reloadPending":true');
  });

  test('facts that come while a write is under way share the next one, and none is lost', async () => {
    const state = new SlowState();
    const memory = await MemoryStore.open(state);
    const names = Array.from({ length: 50 }, (_, number) => `tenant-${number}`);
    const keeping = Promise.all(names.map((name) => memory.keep(name, { reloadPending: true })));
    await state.endWrite();
    await state.endWrite();
    await keeping;
    expect(state.writes).toBe(2);
    expect(Object.keys((await MemoryStore.open(state)).all()).sort()).toEqual([...names].sort());
  });

  test('INV-18: a write that fails is told to who waits for it, and what it held is written with the next', async () => {
    const state = new SlowState();
    const memory = await MemoryStore.open(state);
    const keeping = memory.keep('acme', { reloadPending: true });
    const told = expect(keeping).rejects.toThrow('no space left');
    await state.endWrite(new Error('no space left on device'));
    await told;
    expect(memory.get('acme').reloadPending).toBe(true);
    const again = memory.flush();
    await state.endWrite();
    await again;
    expect((await MemoryStore.open(state)).get('acme').reloadPending).toBe(true);
  });

  test('INV-18: what must be on disk before it is done is not remembered when it could not be written', async () => {
    const state = new SlowState();
    const memory = await MemoryStore.open(state);
    const asked = { token: '1', state: 'asked', at: 5, detail: '' } as const;
    const told = expect(memory.keepBefore('acme', { pairing: asked })).rejects.toThrow('no space left');
    memory.note('acme', { reloadPending: true });
    await state.endWrite(new Error('no space left on device'));
    await told;
    expect(memory.get('acme')).toEqual({ ...blankMemory, reloadPending: true });
    const again = memory.keepBefore('acme', { pairing: asked });
    await state.endWrite();
    await again;
    expect((await MemoryStore.open(state)).get('acme')).toMatchObject({
      pairing: asked,
      reloadPending: true,
    });
  });

  test('INV-1: what was about to be asked when a reconciler died is asked by the next one, what was answered is not', async () => {
    const state = new SlowState();
    const before = await MemoryStore.open(state);
    const asked = { token: '1', state: 'asked', at: 5, detail: '' } as const;
    const shown = { ...asked, state: 'waiting-for-scan' } as const;
    before.note('acme', { pairing: asked, disconnect: shown });
    before.note('globex', { pairing: shown, disconnect: asked });
    const written = before.flush();
    await state.endWrite();
    await written;
    const memory = await MemoryStore.open(state);
    memory.forgetUnanswered();
    expect(memory.get('acme')).toMatchObject({ pairing: null, disconnect: shown });
    expect(memory.get('globex')).toMatchObject({ pairing: shown, disconnect: null });
  });
});
