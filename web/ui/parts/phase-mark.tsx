import { type Phase, phases, phaseWords, type Tone } from '../words/phase.ts';

export const toneText: Readonly<Record<Tone, string>> = {
  bad: 'text-bad',
  warn: 'text-warn',
  busy: 'text-accent',
  good: 'text-good',
  quiet: 'text-dim',
};

/** Each phase has a form of its own: colour says the same again. */
const forms: Readonly<Record<Phase, React.ReactNode>> = {
  InSync: (
    <path
      d="M2.5 6.300 5 8.800 9.500 3.500"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.700"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  Progressing: (
    <>
      <circle
        cx="6"
        cy="6"
        r="4.200"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.500"
        strokeDasharray="2 1.600"
      />
      <circle cx="6" cy="6" r="1.400" fill="currentColor" />
    </>
  ),
  Drifted: <path d="M6 1.300 10.700 6 6 10.700 1.300 6z" fill="currentColor" />,
  Held: <path d="M3 2.500h2.200v7H3zM6.800 2.500H9v7H6.800z" fill="currentColor" />,
  Degraded: (
    <path
      d="M6 1.500 11 10.300H1z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.600"
      strokeLinejoin="round"
    />
  ),
  Failed: (
    <>
      <circle cx="6" cy="6" r="5.200" fill="currentColor" />
      <path
        d="M4.200 4.200l3.600 3.600M7.800 4.200 4.200 7.800"
        stroke="var(--color-panel)"
        strokeWidth="1.400"
        strokeLinecap="round"
      />
    </>
  ),
  Suspended: <path d="M2 6h8" stroke="currentColor" strokeWidth="1.800" strokeLinecap="round" />,
  Unknown: (
    <circle
      cx="6"
      cy="6"
      r="4.200"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.400"
      strokeDasharray="1 2"
    />
  ),
};

function PhaseShape({ phase }: { readonly phase: string }) {
  const form = Object.hasOwn(phases, phase) ? forms[phase as Phase] : forms.Unknown;
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" className="shrink-0 translate-y-px">
      {form}
    </svg>
  );
}

/** A phase by shape, word and colour. */
export function PhaseMark({ phase }: { readonly phase: string }) {
  const { word, tone, means } = phaseWords(phase);
  return (
    <span className={`inline-flex items-baseline gap-1.5 whitespace-nowrap ${toneText[tone]}`} title={means}>
      <PhaseShape phase={phase} />
      {/* What is in sync is quiet: its mark is enough. */}
      <span className={tone === 'good' ? 'text-dim' : ''}>{word}</span>
    </span>
  );
}
