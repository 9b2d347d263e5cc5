/** Characters of a password at least, as the control node asks for. */
export const SHORTEST_PASSWORD = 12;
