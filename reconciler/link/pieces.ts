import { createHash, createHmac } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { EnvValue, SecretValue, TenantResources } from '../../renderers/resource.ts';
import { emptyRecord } from '../../schemas/own.ts';
import { blankMemory, type TenantMemory } from '../plan/memory.ts';
import { nothingObserved, type ObservedTenant } from '../plan/observed.ts';
import { byTenantName, type SharedPiece, type TenantPiece } from '../plan/snapshot.ts';
import type { StatusBasis } from '../report/status.ts';
import { type Hide, type Known, redactObserved, redactVolume } from './redact.ts';

/** A piece with its address: sha256 (hex) of its canonical JSON. */
export interface Piece<T> {
  readonly digest: string;
  readonly value: T;
}

/** Keyed with something that never leaves the node: nobody else can test a guess. */
export function hideWith(key: Uint8Array): Hide {
  return (value) => `(not shown: ${createHmac('sha256', key).update(value).digest('hex').slice(0, 12)})`;
}

interface MadeFrom {
  readonly observed: ObservedTenant;
  readonly memory: TenantMemory;
  readonly known: Known;
  readonly named: Pick<TenantPiece, 'volumes' | 'strangers'>;
}

const noNames: MadeFrom['named'] = { volumes: [], strangers: {} };

/** Makes the pieces of a node's snapshot, each anew only when something of it is another object than before. */
export class PieceMaker {
  readonly #hide: Hide;
  readonly #fixed: Pick<SharedPiece, 'swapLimit' | 'folders'>;
  readonly #made = new Map<string, { readonly from: MadeFrom; readonly piece: Piece<TenantPiece> }>();
  #named: { readonly of: StatusBasis['observed']; readonly names: ReturnType<typeof byTenantName> } | null =
    null;

  constructor(hide: Hide, fixed: Pick<SharedPiece, 'swapLimit' | 'folders'>) {
    this.#hide = hide;
    this.#fixed = fixed;
  }

  shared({ observed }: StatusBasis): Piece<SharedPiece> {
    return addressed({ networks: observed.networks, images: observed.images, ...this.#fixed });
  }

  /** @param known what Git says and said of the tenant */
  tenant(name: string, basis: StatusBasis, known: Known): Piece<TenantPiece> {
    const from: MadeFrom = {
      observed: basis.observed.tenants[name] ?? nothingObserved,
      memory: basis.memory[name] ?? blankMemory,
      known,
      named: this.#names(basis).get(name) ?? noNames,
    };
    const before = this.#made.get(name);
    if (before !== undefined && sameOrigin(before.from, from)) return before.piece;
    const piece = addressed(this.#piece(from));
    this.#made.set(name, { from, piece });
    return piece;
  }

  forget(name: string): void {
    this.#made.delete(name);
  }

  #piece({ observed, memory, known, named }: MadeFrom): TenantPiece {
    const [wanted] = known;
    return {
      observed: redactObserved(observed, known, this.#hide),
      memory,
      volumes: named.volumes.map((volume) => redactVolume(volume, this.#hide)),
      strangers: named.strangers,
      fingerprints: wanted === undefined ? {} : fingerprintsOf(wanted),
    };
  }

  #names({ observed }: StatusBasis): ReturnType<typeof byTenantName> {
    const known = this.#named;
    const same = known?.of.volumes === observed.volumes && known.of.strangers === observed.strangers;
    const names = known !== null && same ? known.names : byTenantName(observed);
    this.#named = { of: observed, names };
    return names;
  }
}

function sameOrigin(a: MadeFrom, b: MadeFrom): boolean {
  return (
    a.observed === b.observed && a.memory === b.memory && a.known === b.known && sameNames(a.named, b.named)
  );
}

function sameNames(a: MadeFrom['named'], b: MadeFrom['named']): boolean {
  const strangers = Object.entries(a.strangers);
  return (
    a === b ||
    (a.volumes.length === b.volumes.length &&
      a.volumes.every((volume, index) => volume === b.volumes[index]) &&
      strangers.length === Object.keys(b.strangers).length &&
      strangers.every(([name, id]) => b.strangers[name] === id))
  );
}

function fingerprintsOf({ container, secretFiles }: TenantResources): Record<string, string | null> {
  const found = emptyRecord<string | null>();
  const isSecret = (value: EnvValue): value is SecretValue => typeof value !== 'string';
  const values = [
    ...Object.values(container.spec.env).filter(isSecret),
    ...Object.values(secretFiles.values),
  ];
  for (const { secret, fingerprint } of values) found[secret] = fingerprint;
  return { ...found };
}

function addressed<T>(value: T): Piece<T> {
  const digest = createHash('sha256')
    .update(canonicalize(value) ?? '')
    .digest('hex');
  return { digest, value };
}
