import type { Problem } from '../../schemas/problem.ts';
import { parseBytes, toNanoCpus } from '../../schemas/quantity.ts';
import type { DesiredTenant } from '../model.ts';
import type { Plan } from './defaults.ts';
import type { JudgedFile } from './document-cache.ts';
import { problemAt } from './problem-at.ts';

type Measured = Pick<DesiredTenant, 'resources' | 'volumes'> & {
  /** How many of each, shared ones included. */
  readonly prompts: number;
  readonly skills: number;
};

/** Where a tenant asks for more than its plan allows. */
export function quotaProblems(file: JudgedFile, tenant: Measured, planName: string, plan: Plan): Problem[] {
  const problems: Problem[] = [];
  const check = (pointer: string, asked: number, most: number, sentence: string): void => {
    if (asked <= most) return;
    problems.push(problemAt({ file, pointer }, 'policy/quota', sentence));
  };
  const rule = (field: string, most: string | number): string =>
    `The plan \`${planName}\` allows \`${field}: ${most}\`; ask for that or less, or move to a larger plan.`;
  const limits = plan.resources;
  if (limits !== undefined) {
    const { memoryBytes, nanoCpus, pids } = tenant.resources;
    const at = '/spec/runtime/resources';
    check(`${at}/memory`, memoryBytes, parseBytes(limits.memory), rule('memory', limits.memory));
    check(`${at}/cpus`, nanoCpus, toNanoCpus(limits.cpus), rule('cpus', limits.cpus));
    check(`${at}/pids`, pids, limits.pids, rule('pids', limits.pids));
  }
  const count = (pointer: string, asked: number, most: number | undefined, what: string): void => {
    if (most === undefined) return;
    const sentence = `The plan \`${planName}\` allows ${most} ${what}, and this tenant has ${asked}; remove ${asked - most}, or move to a larger plan.`;
    check(pointer, asked, most, sentence);
  };
  count('/spec/runtime/volumes', tenant.volumes.length, plan.volumes, 'volumes');
  count('/spec/plan', tenant.prompts, plan.prompts, 'prompts, those of the library included');
  count('/spec/plan', tenant.skills, plan.skills, 'skills, those of the library included');
  return problems;
}
