/**
 * A process that brings a node's folders from one whole content to the next, as the reconciler does, and tells what
 * failed. Arguments: the data folder, the secrets folder, the version to write (a number).
 */
import { bringTo } from './contents.ts';

const [dataDir = '', secretsDir = '', version = ''] = process.argv.slice(2);
for (const failure of await bringTo(Number(version), { dataDir, secretsDir })) console.log(failure);
