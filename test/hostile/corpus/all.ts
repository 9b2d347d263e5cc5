import type { HostileInput } from '../entry.ts';
import { cost } from './cost.ts';
import { documents } from './documents.ts';
import { environment } from './environment.ts';
import { fields } from './fields.ts';
import { images } from './images.ts';
import { names } from './names.ts';
import { paths } from './paths.ts';
import { redos } from './redos.ts';
import { rights } from './rights.ts';
import { runtime } from './runtime.ts';
import { syntax } from './syntax.ts';
import { leads } from './targets.ts';
import { values } from './values.ts';

/** Every entry, by what it attacks. */
export const corpus: Readonly<Record<string, readonly HostileInput[]>> = {
  syntax,
  cost,
  values,
  fields,
  documents,
  names,
  leads,
  paths,
  rights,
  runtime,
  environment,
  images,
  redos,
};

export const everyEntry: readonly HostileInput[] = Object.values(corpus).flat();
