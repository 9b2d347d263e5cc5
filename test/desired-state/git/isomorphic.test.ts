import { describe } from 'vitest';
import { openIsomorphicRepository } from '../../../desired-state/git/isomorphic.ts';
import { faultContract } from './contract-faults.ts';
import { readingContract } from './contract-read.ts';
import { writingContract } from './contract-write.ts';

describe('isomorphic-git', () => {
  readingContract(openIsomorphicRepository);
  writingContract(openIsomorphicRepository);
  faultContract(openIsomorphicRepository);
});
