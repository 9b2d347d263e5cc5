import type { Sender } from './signature.ts';

/** One secret a sender; a sender that has none is turned off. */
export type WebhookSecrets = Readonly<Partial<Record<Sender, string>>>;

const SHORTEST = 16;

/**
 * Refuses secrets that are none: a webhook that anybody can call would be worse than no webhook.
 *
 * @throws Error naming the sender, never the secret
 */
export function checkSecrets(secrets: WebhookSecrets): void {
  for (const [sender, secret] of Object.entries(secrets)) {
    if (secret.trim().length >= SHORTEST) continue;
    throw new Error(
      `The webhook secret for ${sender} has ${secret.trim().length} characters; give at least ${SHORTEST}, or leave it out, which turns the webhook off. \`openssl rand -hex 32\` makes one.`,
    );
  }
}
