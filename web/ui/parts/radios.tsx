/** One of a few, each with what it means. The first one is chosen. */
export function Radios({
  legend,
  name,
  options,
}: {
  readonly legend: string;
  readonly name: string;
  readonly options: readonly (readonly [value: string, words: string, means: string])[];
}) {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      {options.map(([value, words, means], index) => (
        <label key={value} className="flex items-baseline gap-2 py-1 text-sm">
          <input type="radio" name={name} value={value} defaultChecked={index === 0} />
          <span>
            {words} <span className="text-dim">{means}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
