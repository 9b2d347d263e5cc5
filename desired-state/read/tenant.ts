import { defaults } from '../../schemas/defaults.ts';
import type { Problem } from '../../schemas/problem.ts';
import { parseInstant } from '../../schemas/quantity.ts';
import type { DesiredTenant } from '../model.ts';
import { type Claim, claimsOf } from './claims.ts';
import { type Plan, withDefaults } from './defaults.ts';
import type { JudgedFile } from './document-cache.ts';
import type { Parsed } from './documents.ts';
import { mergeLibrary } from './library.ts';
import { desiredPrompt, desiredSkill } from './managed.ts';
import { hasErrors, problemAt, problemOfFile, unknownName } from './problem-at.ts';
import { quotaProblems } from './quota.ts';
import { ofKind, type PlatformSpec, type Shared } from './shared.ts';
import { tenantSiteProblems } from './sites.ts';
import { desiredSecrets } from './tenant-secrets.ts';

/** One tenant of one revision, judged without looking at any other tenant. */
export interface ResolvedTenant {
  readonly name: string;
  readonly files: readonly JudgedFile[];
  /** Null when there is an error in the tenant's files, or in what they name of the shared ones. */
  readonly newest: Definition | null;
  readonly problems: readonly Problem[];
}

/** A tenant's definition, and the files that it was read from. */
export interface Definition {
  readonly desired: DesiredTenant;
  readonly files: readonly JudgedFile[];
  /** What it claims under the shared files that it was last looked at with. */
  readonly claims: readonly Claim[];
  /** The revision at which the tenant is held; null while its newest files are in force. */
  readonly heldAt: string | null;
}

const NO_PROBLEMS: readonly Problem[] = [];

/** Resolves the files of a tenant's folder against the shared ones. Pure. */
export function resolveTenant(name: string, files: readonly JudgedFile[], shared: Shared): ResolvedTenant {
  const problems: Problem[] = files.flatMap((file) => [...file.problems]);
  const file = ofKind(files, 'Tenant')[0];
  if (file === undefined) {
    const [first] = files;
    if (problems.length === 0 && first !== undefined) problems.push(withoutTenant(name, first.path));
    return { name, files, newest: null, problems };
  }
  const resolved = file.value === null ? null : resolveValid(file, file.value, files, shared, problems);
  if (resolved === null || hasErrors(problems)) return { name, files, newest: null, problems };
  return {
    name,
    files,
    newest: { ...resolved, files, heldAt: null },
    problems: problems.length === 0 ? NO_PROBLEMS : problems,
  };
}

function withoutTenant(name: string, path: string): Problem {
  const message = `There is no tenants/${name}/tenant.yaml, so this file belongs to nobody; write it, or remove the whole folder if the tenant is to go.`;
  return problemOfFile(path, 'policy/no-tenant', message);
}

type TenantDocument = NonNullable<Parsed<'Tenant'>['value']>;

/** Null when a document that it names is not known, of the tenant or of the shared files; `problems` says why. */
function resolveValid(
  file: Parsed<'Tenant'>,
  { metadata, spec }: TenantDocument,
  files: readonly JudgedFile[],
  shared: Shared,
  problems: Problem[],
): { desired: DesiredTenant; claims: Claim[] } | null {
  const report = (problem: Problem): void => {
    problems.push(problem);
  };
  const lookUp = <T>(field: 'node' | 'channel' | 'plan', known: ReadonlyMap<string, T>): T | null => {
    const name = spec[field];
    if (name === undefined) return null;
    const found = known.get(name);
    if (found === undefined)
      report(unknownName({ file, pointer: `/spec/${field}` }, field, name, known.keys()));
    return found ?? null;
  };
  const node = lookUp('node', shared.nodes);
  const channel = lookUp('channel', shared.channels);
  const plan = shared.platform === null ? null : lookUp('plan', plansOf(shared.platform.spec));

  const runtime = spec.runtime ?? {};
  const parts = withDefaults({ runtime, plan, platform: shared.platform?.spec.defaults?.runtime ?? {} });
  const { prompts, skills } = managedDocuments(file, files, shared, report);
  const secrets = desiredSecrets(file, runtime.secrets ?? [], ofKind(files, 'Secrets')[0], report);
  for (const site of ofKind(files, 'Site')) problems.push(...tenantSiteProblems(site, file.name, spec.node));
  if (plan !== null && spec.plan !== undefined) {
    const counts = { prompts: Object.keys(prompts).length, skills: Object.keys(skills).length };
    problems.push(...quotaProblems(file, { ...parts, ...counts }, spec.plan, plan));
  }
  const image = spec.image ?? channel?.images['runtime'];
  if (node === null || image === undefined) return null;
  const desired: DesiredTenant = {
    ...parts,
    name: file.name,
    owner: spec.owner,
    node: spec.node,
    plan: spec.plan ?? null,
    channel: spec.channel ?? null,
    subdomain: spec.subdomain ?? null,
    labels: metadata.labels ?? {},
    image,
    command: runtime.command ?? null,
    user: runtime.user ?? null,
    env: runtime.env ?? {},
    secrets,
    config: spec.config ?? {},
    prompts,
    skills,
    whatsapp: { ...defaults.whatsapp, ...spec.whatsapp },
    drift: spec.drift ?? defaults.drift,
    suspend: suspension(spec.suspend),
  };
  const claims = claimsOf(desired, files, shared.nodes);
  problems.push(...claimedTwice(claims));
  return { desired, claims };
}

/** Claims of one tenant on what it has already that are told. */
const MAX_TWICE = 50;

/** A tenant that competes with itself, as with the same domain in two of its sites. */
function claimedTwice(claims: readonly Claim[]): Problem[] {
  const firsts = new Map<string, Claim>();
  const again: Claim[] = [];
  for (const claim of claims) {
    if (firsts.has(claim.key)) again.push(claim);
    else firsts.set(claim.key, claim);
  }
  return again.slice(0, MAX_TWICE).map(({ key, at }) => {
    const message = `This tenant has the same name in ${firsts.get(key)?.at.file.path} already; keep one of them.`;
    return problemAt(at, 'policy/taken', message);
  });
}

function plansOf(spec: PlatformSpec): ReadonlyMap<string, Plan> {
  return new Map(Object.entries(spec.plans ?? {}));
}

function managedDocuments(
  file: Parsed<'Tenant'>,
  files: readonly JudgedFile[],
  shared: Shared,
  report: (problem: Problem) => void,
): Pick<DesiredTenant, 'prompts' | 'skills'> {
  const library = file.value?.spec.library ?? {};
  const named = (list: 'prompts' | 'skills') =>
    (library[list] ?? []).map((name, index) => ({
      name,
      at: { file, pointer: `/spec/library/${list}/${index}` },
    }));
  const ownPrompts = new Map(ofKind(files, 'Prompt').map((prompt) => [prompt.name, desiredPrompt(prompt)]));
  const ownSkills = new Map(ofKind(files, 'Skill').map((skill) => [skill.name, desiredSkill(skill)]));
  return {
    prompts: mergeLibrary('prompt', ownPrompts, named('prompts'), shared.prompts, report),
    skills: mergeLibrary('skill', ownSkills, named('skills'), shared.skills, report),
  };
}

function suspension(suspend: TenantDocument['spec']['suspend']): DesiredTenant['suspend'] {
  if (suspend === undefined) return null;
  const until = parseInstant(suspend.until);
  if (until === null) throw new RangeError(`"${suspend.until}" passed validation and is no instant.`);
  return { until, reason: suspend.reason, owner: suspend.owner };
}
