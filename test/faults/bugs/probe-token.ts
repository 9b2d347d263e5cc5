/** Whether a token is on record when the runtime is asked: a crash there must not ask once more. */
import { askBridge } from '../../../reconciler/apply/bridge-token.ts';
import { createBody, networkBody } from '../../../reconciler/apply/create-body.ts';
import { ourTenant } from '../../support/our-container.ts';
import { stepContext } from '../../support/step-context.ts';
