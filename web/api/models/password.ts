/** Characters of a password, at least and at most. The page runs this too: nothing but values here. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 256;
