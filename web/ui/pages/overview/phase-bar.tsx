import { Link } from '@tanstack/react-router';
import { PhaseMark } from '../../parts/phase-mark.tsx';
import { type Phase, phaseOrder, phases, type Tone } from '../../words/phase.ts';

const fills: Readonly<Record<Tone, string>> = {
  bad: 'bg-bad',
  warn: 'bg-warn',
  busy: 'bg-accent',
  good: 'bg-good/70',
  quiet: 'bg-edge',
};

/** The fleet by phase: one bar, and a link to the tenants of each. */
export function PhaseBar({
  phases: counts,
  total,
  drifted,
}: {
  readonly phases: Readonly<Record<string, number>>;
  readonly total: number;
  readonly drifted: number;
}) {
  const present = phaseOrder.filter((phase) => (counts[phase] ?? 0) > 0);
  return (
    <div>
      <div className="flex h-2 gap-0.5 overflow-hidden rounded-full" aria-hidden="true">
        {present.map((phase: Phase) => (
          <span
            key={phase}
            className={`min-w-1 ${fills[phases[phase].tone]}`}
            style={{ flexGrow: counts[phase] ?? 0, flexBasis: 0 }}
          />
        ))}
      </div>
      <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm" aria-label={`${total} tenants by phase`}>
        {present.map((phase) => (
          <li key={phase}>
            <Link
              to="/tenants"
              search={{ phase }}
              className="inline-flex items-baseline gap-1.5 hover:underline"
            >
              <PhaseMark phase={phase} />
              <span className="font-medium">{(counts[phase] ?? 0).toLocaleString('en')}</span>
            </Link>
          </li>
        ))}
        {drifted > 0 && (
          <li>
            <Link to="/tenants" search={{ sort: 'drift' }} className="text-dim hover:underline">
              {drifted.toLocaleString('en')} with fields changed outside Git
            </Link>
          </li>
        )}
      </ul>
    </div>
  );
}
