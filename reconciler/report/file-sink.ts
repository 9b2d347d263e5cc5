import type { TenantResult } from '../apply/run.ts';
import type { StateStore } from '../ports.ts';
import type { NodeStatus, StatusSink } from './status.ts';

/** Names of the documents in a node's data folder that the command line reads. */
export const statusDocument = 'status';
export const historyLog = 'history';

/** Outcomes that are kept on the node. */
const keepOutcomes = 5_000;

/** The status as a document and the outcomes as a log, in the node's data folder. */
export function fileSink(state: StateStore): StatusSink {
  return {
    publish: (status: NodeStatus) => state.write(statusDocument, status),
    record: (result: TenantResult) => state.append(historyLog, result, keepOutcomes),
  };
}
