/** A value of a field as a person reads it in a line. Nothing there is `nothing`; the rest as JSON, texts without quotes. */
export function shown(value: unknown, path = ''): string {
  if (value === undefined || value === null) return 'nothing';
  if (value === '') return 'an empty text';
  if (typeof value === 'number')
    return isBytes(path) ? bytes(value) : String(/nanoCpus$/.test(path) ? value / 1e9 : value);
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return 'an empty list';
    return value.map((item) => (typeof item === 'object' ? JSON.stringify(item) : shown(item))).join(', ');
  }
  return typeof value === 'object' && Object.keys(value).length === 0
    ? 'an empty map'
    : JSON.stringify(value);
}

function isBytes(path: string): boolean {
  return /(^|[./])memory/i.test(path);
}

const UNITS = [
  [1024 ** 3, 'Gi'],
  [1024 ** 2, 'Mi'],
  [1024, 'Ki'],
] as const;

/** A number of bytes in the largest unit of the language that divides it. */
export function bytes(value: number): string {
  const unit = UNITS.find(([size]) => value >= size && value % size === 0);
  return unit === undefined ? `${value} bytes` : `${value / unit[0]}${unit[1]}`;
}

/** One of something or several: `1 tenant`, `3 tenants`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}
