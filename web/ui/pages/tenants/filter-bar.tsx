import { useQuery } from '@tanstack/react-query';
import { useMay } from '../../data/may.ts';
import { nodesQuery } from '../../data/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/choice.tsx';
import { useTyped } from '../../parts/use-typed.ts';
import type { Filtered } from '../../words/address.ts';
import { isFiltered, type TenantFilter } from '../../words/filters.ts';
import { phaseOrder, phases } from '../../words/phase.ts';

type Change = Filtered<TenantFilter>;

interface FilterBarProps {
  readonly filter: TenantFilter;
  readonly counts: Readonly<Record<string, number>>;
  readonly onChange: (change: Change) => void;
}

export function FilterBar({ filter, counts, onChange }: FilterBarProps) {
  const [q, setQ] = useTyped(filter.q ?? '', (text) => onChange({ q: text }));
  const may = useMay();
  const { data: nodes } = useQuery({ ...nodesQuery, enabled: may('nodes.read') });
  return (
    <search className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        data-search
        aria-label="Search tenants"
        aria-keyshortcuts="/"
        placeholder="Search by name, owner, image   /"
        value={q}
        onChange={(event) => setQ(event.target.value)}
        className="control min-w-0 flex-1 basis-56"
      />
      <Choice
        name="Phase"
        value={filter.phase}
        options={phaseOrder
          .filter((phase) => (counts[phase] ?? 0) > 0 || phase === filter.phase)
          .map((phase) => [phase, `${phases[phase].word} (${counts[phase] ?? 0})`])}
        onChange={(phase) => onChange({ phase })}
      />
      {(may('nodes.read') || filter.node !== undefined) && (
        <Choice
          name="Node"
          value={filter.node}
          options={(nodes?.items ?? []).map(({ name }) => [name, name])}
          onChange={(node) => onChange({ node })}
        />
      )}
      {filter.channel !== undefined && (
        <Chip name="channel" value={filter.channel} onRemove={() => onChange({ channel: undefined })} />
      )}
      {filter.label !== undefined && (
        <Chip name="label" value={filter.label} onRemove={() => onChange({ label: undefined })} />
      )}
      {isFiltered(filter) && (
        <Button
          look="quiet"
          onClick={() => {
            // Also what was typed and not said yet.
            setQ('');
            onChange({
              q: undefined,
              phase: undefined,
              node: undefined,
              channel: undefined,
              label: undefined,
            });
          }}
        >
          Clear
        </Button>
      )}
    </search>
  );
}

function Chip({
  name,
  value,
  onRemove,
}: {
  readonly name: string;
  readonly value: string;
  readonly onRemove: () => void;
}) {
  return (
    <Button icon="cross" onClick={onRemove} aria-label={`Remove the filter ${name} ${value}`}>
      {name}: {value}
    </Button>
  );
}
