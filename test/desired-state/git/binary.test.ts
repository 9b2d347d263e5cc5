import { describe } from 'vitest';
import { openBinaryRepository } from '../../../desired-state/git/binary.ts';
import { faultContract } from './contract-faults.ts';
import { readingContract } from './contract-read.ts';
import { writingContract } from './contract-write.ts';

describe('the git program', () => {
  readingContract(openBinaryRepository);
  writingContract(openBinaryRepository);
  faultContract(openBinaryRepository);
});
