/** A refusal of the engine: HTTP status and the `message` of its body. */
export class EngineProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a name of a container or volume may be, as the engine says it. */
export const nameRule = '[a-zA-Z0-9][a-zA-Z0-9_.-]';

const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

export function isValidName(name: string): boolean {
  return validName.test(name);
}
