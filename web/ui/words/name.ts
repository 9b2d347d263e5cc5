/** A name as the language takes it, as the `pattern` of a field: browsers read it with the flag `v`. */
export const namePattern = '[a-z0-9](?:[\\-a-z0-9]*[a-z0-9])?';
