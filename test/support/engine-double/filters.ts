import { EngineProblem } from './problem.ts';
import type { Container, Network, RawEvent, Volume } from './shapes.ts';

type Filters = Readonly<Record<string, readonly string[]>>;

/** Reads `filters`, in the form `{"label": ["a=b"]}` or `{"label": {"a=b": true}}`. @throws EngineProblem 500, 400 */
export function readFilters(text: string | undefined, known: readonly string[]): Filters {
  if (text === undefined || text === '') return {};
  const parsed = parse(text);
  const filters = Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, wordsOf(value)]));
  const wrong = Object.keys(filters).find((name) => !known.includes(name));
  if (wrong !== undefined) throw new EngineProblem(400, `Invalid filter '${wrong}'`);
  return filters;
}

export const containerFilters = ['id', 'name', 'label', 'status', 'volume', 'ancestor', 'network', 'exited'];
export const volumeFilters = ['name', 'label', 'driver', 'dangling'];
export const networkFilters = ['name', 'id', 'label', 'driver', 'type'];
export const eventFilters = ['type', 'event', 'container', 'label', 'image', 'network', 'volume'];

/** What a list's filters let through. Made once a list: ten thousand containers are asked. */
export function containerMatcher(filters: Filters): (container: Container) => boolean {
  const labels = filters['label']?.map(labelMatcher);
  const names = filters['name']?.map((name) => new RegExp(name));
  return (container) => {
    const { Id, Name, State, Config, Mounts, NetworkSettings } = container;
    return (
      every(labels, (matches) => matches(Config.Labels)) &&
      some(filters['id'], (id) => Id.startsWith(id)) &&
      // Names are searched with and without their slash, anywhere in them, as an expression.
      some(names, (name) => name.test(Name) || name.test(Name.slice(1))) &&
      some(filters['status'], (status) => State.Status === status) &&
      some(filters['volume'], (volume) =>
        Mounts.some(({ Name: name, Destination }) => name === volume || Destination === volume),
      ) &&
      some(filters['ancestor'], (image) => Config.Image === image || container.Image === image) &&
      some(filters['network'], (network) =>
        Object.entries(NetworkSettings.Networks).some(
          ([name, { NetworkID }]) => name === network || NetworkID === network,
        ),
      ) &&
      some(filters['exited'], (code) => State.Status === 'exited' && State.ExitCode === Number(code))
    );
  };
}

export function matchesVolume(volume: Volume, filters: Filters, used: ReadonlySet<string>): boolean {
  return (
    some(filters['name'], (name) => volume.Name.includes(name)) &&
    every(filters['label'], (label) => hasLabel(volume.Labels, label)) &&
    some(filters['driver'], (driver) => volume.Driver === driver) &&
    some(filters['dangling'], (yes) => ['1', 'true'].includes(yes) !== used.has(volume.Name))
  );
}

export function matchesNetwork(network: Network, builtin: boolean, filters: Filters): boolean {
  return (
    some(filters['name'], (name) => network.Name.includes(name)) &&
    some(filters['id'], (id) => network.Id.startsWith(id)) &&
    every(filters['label'], (label) => hasLabel(network.Labels, label)) &&
    some(filters['driver'], (driver) => network.Driver === driver) &&
    some(filters['type'], (type) => (type === 'builtin') === builtin)
  );
}

export function matchesEvent(
  { Type, Action, Actor: { ID, Attributes } }: RawEvent,
  filters: Filters,
): boolean {
  const named = (type: RawEvent['Type'], words: readonly string[] | undefined) =>
    some(words, (word) => Type === type && (ID.startsWith(word) || Attributes['name'] === word));
  return (
    some(filters['type'], (type) => Type === type) &&
    some(filters['event'], (event) => Action === event || Action.startsWith(`${event}:`)) &&
    every(filters['label'], (label) => hasLabel(Attributes, label)) &&
    some(filters['image'], (image) => Attributes['image'] === image) &&
    named('container', filters['container']) &&
    named('network', filters['network']) &&
    named('volume', filters['volume'])
  );
}

function hasLabel(labels: Readonly<Record<string, string>> | null, wanted: string): boolean {
  return labelMatcher(wanted)(labels);
}

function labelMatcher(wanted: string): (labels: Readonly<Record<string, string>> | null) => boolean {
  const [key = '', ...rest] = wanted.split('=');
  const expected = rest.length === 0 ? null : rest.join('=');
  return (labels) => {
    const value = labels?.[key];
    return value !== undefined && (expected === null || value === expected);
  };
}

function some<T>(words: readonly T[] | undefined, matches: (word: T) => boolean): boolean {
  return words === undefined || words.length === 0 || words.some(matches);
}

function every<T>(words: readonly T[] | undefined, matches: (word: T) => boolean): boolean {
  return words === undefined || words.every(matches);
}

function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // The engine says the same of what is no JSON and of what is no object.
  }
  throw new EngineProblem(500, `invalid character '${text[0]}' looking for beginning of value`);
}
