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
import { byName, type PlatformSpec, type Shared } from './shared.ts';
import { tenantSiteProblems } from './sites.ts';
import { desiredSecrets } from './tenant-secrets.ts';
import type { Interruptible } from './turns.ts';

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

/** Resolves the files of a tenant's folder against the shared ones: a folder may have 100,000. Pure. */
export function* resolvingTenant(
  name: string,
  files: readonly JudgedFile[],
  shared: Shared,
): Interruptible<ResolvedTenant> {
  const problems: Problem[] = [];
  for (const file of files) for (const problem of file.problems) problems.push(problem);
  yield;
  const folder = folderOf(files);
  yield;
  const file = folder.tenant;
  if (file === undefined) {
    const [first] = files;
    if (problems.length === 0 && first !== undefined) problems.push(withoutTenant(name, first.path));
    return { name, files, newest: null, problems };
  }
  const resolved =
    file.value === null ? null : yield* resolvingValid(file, file.value, folder, shared, problems);
  if (resolved === null || hasErrors(problems)) return { name, files, newest: null, problems };
  return {
    name,
    files,
    newest: { ...resolved, files, heldAt: null },
    problems: problems.length === 0 ? NO_PROBLEMS : problems,
  };
}

/** A tenant's files by what they are for. */
interface Folder {
  readonly files: readonly JudgedFile[];
  readonly tenant: Parsed<'Tenant'> | undefined;
  readonly secrets: Parsed<'Secrets'> | undefined;
  readonly sites: readonly Parsed<'Site'>[];
  readonly prompts: readonly Parsed<'Prompt'>[];
  readonly skills: readonly Parsed<'Skill'>[];
}

/** In one walk. */
function folderOf(files: readonly JudgedFile[]): Folder {
  let tenant: Parsed<'Tenant'> | undefined;
  let secrets: Parsed<'Secrets'> | undefined;
  const sites: Parsed<'Site'>[] = [];
  const prompts: Parsed<'Prompt'>[] = [];
  const skills: Parsed<'Skill'>[] = [];
  for (const file of files) {
    if (file.kind === 'Prompt') prompts.push(file);
    else if (file.kind === 'Skill') skills.push(file);
    else if (file.kind === 'Site') sites.push(file);
    else if (file.kind === 'Tenant') tenant ??= file;
    else if (file.kind === 'Secrets') secrets ??= file;
  }
  return { files, tenant, secrets, sites, prompts, skills };
}

function withoutTenant(name: string, path: string): Problem {
  const message = `There is no tenants/${name}/tenant.yaml, so this file belongs to nobody; write it, or remove the whole folder if the tenant is to go.`;
  return problemOfFile(path, 'policy/no-tenant', message);
}

type TenantDocument = NonNullable<Parsed<'Tenant'>['value']>;

/** Null when a document that it names is not known, of the tenant or of the shared files; `problems` says why. */
function* resolvingValid(
  file: Parsed<'Tenant'>,
  { metadata, spec }: TenantDocument,
  folder: Folder,
  shared: Shared,
  problems: Problem[],
): Interruptible<{ desired: DesiredTenant; claims: Claim[] } | null> {
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
  const { prompts, skills } = yield* managingDocuments(file, folder, shared, report);
  const secrets = desiredSecrets(file, runtime.secrets ?? [], folder.secrets, report);
  for (const site of folder.sites) problems.push(...tenantSiteProblems(site, file.name, spec.node));
  yield;
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
  yield;
  const claims = claimsOf(desired, folder.files, shared.nodes);
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

function* managingDocuments(
  file: Parsed<'Tenant'>,
  folder: Folder,
  shared: Shared,
  report: (problem: Problem) => void,
): Interruptible<Pick<DesiredTenant, 'prompts' | 'skills'>> {
  const library = file.value?.spec.library ?? {};
  const named = (list: 'prompts' | 'skills') =>
    (library[list] ?? []).map((name, index) => ({
      name,
      at: { file, pointer: `/spec/library/${list}/${index}` },
    }));
  const ownPrompts = byName(folder.prompts, desiredPrompt);
  yield;
  const prompts = mergeLibrary('prompt', ownPrompts, named('prompts'), shared.prompts, report);
  yield;
  const ownSkills = byName(folder.skills, desiredSkill);
  yield;
  const skills = mergeLibrary('skill', ownSkills, named('skills'), shared.skills, report);
  return { prompts, skills };
}

function suspension(suspend: TenantDocument['spec']['suspend']): DesiredTenant['suspend'] {
  if (suspend === undefined) return null;
  const until = parseInstant(suspend.until);
  if (until === null) throw new RangeError(`"${suspend.until}" passed validation and is no instant.`);
  return { until, reason: suspend.reason, owner: suspend.owner };
}
