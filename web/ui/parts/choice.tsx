/** One of several, or any. */
export function Choice({
  name,
  value,
  options,
  onChange,
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: (value: string | undefined) => void;
}) {
  const known =
    value === undefined || options.some(([one]) => one === value)
      ? options
      : [...options, [value, value] as const];
  return (
    <select
      aria-label={name}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
      className="control max-w-48"
    >
      <option value="">{name}: any</option>
      {known.map(([one, words]) => (
        <option key={one} value={one}>
          {words}
        </option>
      ))}
    </select>
  );
}
