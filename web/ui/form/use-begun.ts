import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FileView } from '../../api/models/tenant.ts';
import { fileQuery } from '../data/queries.ts';
import { useDrafts } from './use-draft.ts';

type Begun = Pick<FileView, 'path' | 'name' | 'shared'> & { readonly kind: 'prompts' | 'skills' };

const schemas = { prompts: '/v1/schemas/Prompt', skills: '/v1/schemas/Skill' } as const;

interface MaybeBegun {
  readonly query: UseQueryResult<FileView>;
  /** Stands for the file until Git has one; null where nobody has begun it here. */
  readonly begun: FileView | null;
}

/** A file as Git has it, or one that somebody has begun and not committed: Git is not asked for that. */
export function useMaybeBegun(address: string, { kind, ...file }: Begun): MaybeBegun {
  const drafts = useDrafts();
  const [draft] = useState(() => drafts.of(address));
  const isBegun = draft?.original === '';
  const query = useQuery({
    ...fileQuery(address),
    enabled: ({ state }) => !isBegun || state.data !== undefined,
  });
  if (!isBegun || query.data !== undefined) return { query, begun: null };
  const begun = { ...file, base: draft.base, text: '', value: null, schema: schemas[kind], editable: [''] };
  return { query, begun };
}
