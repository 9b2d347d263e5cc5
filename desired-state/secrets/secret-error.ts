/**
 * Why a secret could not be sealed, opened or stored. `secret/no-key`: there is no key to encrypt to or decrypt
 * with; `secret/wrong-binding`: the value was sealed for another tenant or name; `secret/undecryptable`: the
 * ciphertext is damaged or for other keys; `secret/bad-identity`: the key file is unreadable, unsafe or not a key;
 * `secret/refused`: the value breaks a rule that can only be checked while it is in clear.
 */
export type SecretErrorCode =
  | 'secret/no-key'
  | 'secret/wrong-binding'
  | 'secret/undecryptable'
  | 'secret/bad-identity'
  | 'secret/refused';

/** An error about a secret. Its message, cause and fields never hold the value. */
export class SecretError extends Error {
  readonly code: SecretErrorCode;
  /** Trying again helps with none of these: a key or a file has to change. */
  readonly retry = 'never' as const;

  constructor(code: SecretErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'SecretError';
    this.code = code;
  }
}
