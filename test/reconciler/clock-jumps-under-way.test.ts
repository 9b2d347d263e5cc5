import { expect, test } from 'vitest';
import { desiredState, tenant } from '../support/desired.ts';
import { Sandbox } from '../support/sandbox.ts';

const day = 24 * 3_600_000;
const next = 'registry.example.com/runtime:v2.0.0';
const health = {
  type: 'http',
  path: '/health',
  port: 8080,
  intervalMs: 1_000,
  timeoutMs: 500,
  retries: 3,
  startPeriodMs: 2_000,
} as const;

const fleet = (image?: string) => {
  const acme = { health, update: { strategy: 'start-first', drainMs: 1_000 } as const };
  const tenants = [tenant('acme', image === undefined ? acme : { ...acme, image }), tenant('globex')];
  return desiredState(tenants, (image === undefined ? 'a' : 'b').repeat(40));
};

/**
 * Updates acme while the clock jumps to and fro at each question for its health. Answers the changing calls, how often
 * was asked, and what is told.
 */
async function update(jump: number, healthyFrom: number) {
  const sandbox = new Sandbox();
  sandbox.commit(fleet());
  await sandbox.converge();
  sandbox.takeCalls();
  let asked = 0;
  const probe = sandbox.probe.http.bind(sandbox.probe);
  sandbox.probe.http = (target) => {
    asked += 1;
    sandbox.clock.time += asked % 2 === 1 ? jump : -jump;
    sandbox.probe.healthy = asked >= healthyFrom;
    return probe(target);
  };
  sandbox.commit(fleet(next));
  await sandbox.converge();
  const calls = sandbox.takeCalls().map((call) => call.replaceAll(/\b[0-9a-f]{12,64}\b/g, 'ID'));
  const { tenants } = await sandbox.status();
  return { calls, asked, told: tenants.map(({ phase, reason, state }) => ({ phase, reason, state })) };
}

test.each([
  ['healthy after four questions', 4, true],
  ['never healthy', Number.POSITIVE_INFINITY, false],
] as const)(
  'INV-17: the clock jumps a day while health is waited for, %s: all is as without',
  async (_, healthyFrom, good) => {
    const still = await update(0, healthyFrom);
    expect(still.calls).toContain(`pullImage ${next}`);
    expect(still.told[0]?.phase === 'InSync').toBe(good);
    expect(still.asked).toBeGreaterThan(3);
    for (const jump of [day, -day]) expect(await update(jump, healthyFrom)).toEqual(still);
  },
);
