const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59 },
  { name: 'hour', least: 0, most: 23 },
  { name: 'day of the month', least: 1, most: 31 },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  { name: 'day of the week', least: 0, most: 7, words: DAYS },
];

/**
 * What is wrong in a cron schedule that has the form of one (five fields, or `@daily` and its like): numbers out of
 * range, ranges that end before they begin. Null when it can be run.
 */
export function cronProblem(schedule: string): string | null {
  if (schedule.startsWith('@')) return null;
  const texts = schedule.split(/ +/);
  for (const [index, field] of FIELDS.entries()) {
    const text = texts[index] ?? '';
    const wrong = text.split(',').find((part) => !isPart(part, field));
    if (wrong !== undefined) {
      return `The ${field.name} of the schedule is \`${text}\`, which cannot be; use ${field.least} to ${field.most}, \`*\`, \`a-b\`, \`*/n\` and commas.`;
    }
  }
  return null;
}

/** `*`, `5`, `1-5`, `mon-fri`, each with an optional step. */
function isPart(part: string, field: Field): boolean {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) return false;
  if (step !== undefined && !(/^[0-9]{1,2}$/.test(step) && Number(step) >= 1)) return false;
  if (range === '*') return true;
  const [from = '', to, ...rest] = range.split('-');
  if (rest.length > 0) return false;
  const first = valueOf(from, field);
  if (to === undefined) return first !== null && step === undefined;
  const last = valueOf(to, field);
  return first !== null && last !== null && first <= last;
}

function valueOf(text: string, field: Field): number | null {
  const word = field.words?.indexOf(text.toLowerCase()) ?? -1;
  if (word !== -1) return word + field.least;
  if (!/^[0-9]{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= field.least && value <= field.most ? value : null;
}
