import type { TenantDetail, TenantDrift } from '../../../api/models/tenant.ts';
import { useEdits } from '../../edit/edits.tsx';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';
import { differences, type FieldDifference } from '../../words/drift.ts';
import { count } from '../../words/value.ts';
import { DriftRow } from './drift-row.tsx';

/** What differs between Git and the machine, field by field, each with its cause and the next action beside it. */
export function DriftPanel({
  drift,
  detail,
}: {
  readonly drift: TenantDrift;
  readonly detail: TenantDetail;
}) {
  const edits = useEdits();
  const tried = (detail.status?.quarantine ?? null) !== null;
  const all = differences(drift.changes, tried);
  const drifted = all.filter(({ cause }) => cause === 'drift');
  const pending = all.filter(({ cause }) => cause === 'commit');
  const path = `/v1/tenants/${encodeURIComponent(drift.tenant)}/drift`;
  const accept = (fields: readonly FieldDifference[]) =>
    edits.open({
      title:
        fields.length === 1
          ? `Accept ${fields[0]?.field ?? ''} into Git`
          : `Accept ${count(fields.length, 'field')} into Git`,
      method: 'POST',
      path: `${path}/accept`,
      // What is accepted is what was seen: the server refuses what has become something else.
      body: { fields: fields.map(({ resource, path, actual }) => ({ resource, path, actual })) },
      base: detail.revision,
      verb: 'Accept into Git',
    });
  const heal = () =>
    edits.open({
      title: `Heal all of ${drift.tenant}`,
      method: 'POST',
      path: `${path}/heal`,
      body: {},
      base: null,
      verb: `Heal all of ${drift.tenant}`,
    });
  const mayAccept = detail.may.includes('drift');
  const mayHeal = detail.may.includes('drift') && drift.healing === 'report';
  const acceptable = drifted.filter(({ pointer }) => pointer !== null);
  if (all.length === 0) {
    return (
      <p className="panel flex items-center gap-2 px-4 py-3 text-sm">
        <span className="text-good">
          <Icon name="check" />
        </span>
        What runs is what Git says.
        {drift.asOf !== null && (
          <span className="text-dim">
            Seen <Ago at={drift.asOf} />.
          </span>
        )}
      </p>
    );
  }
  return (
    <>
      {drifted.length > 0 && (
        <Panel
          flush
          title={`${count(drifted.length, 'field')} changed outside Git`}
          aside={
            <span className="flex flex-wrap gap-2">
              {mayAccept && acceptable.length > 1 && (
                <Button small onClick={() => accept(acceptable)}>
                  Accept all into Git
                </Button>
              )}
              {mayHeal && (
                <Button small look="primary" onClick={heal}>
                  Heal all of {drift.tenant}
                </Button>
              )}
            </span>
          }
        >
          <ul className="divide-y divide-line">
            {drifted.map((one) => (
              <DriftRow
                key={one.key}
                difference={one}
                {...(mayAccept && one.pointer !== null ? { onAccept: () => accept([one]) } : {})}
              />
            ))}
          </ul>
          <p className="border-t border-line px-4 py-2 text-xs text-dim">
            <Prose text={healingWords(drift.healing, detail.summary.phase === 'Suspended')} />
          </p>
        </Panel>
      )}
      {pending.length > 0 && (
        <Panel
          flush
          title={`${count(pending.length, 'field')} ${tried ? 'taken back' : 'on the way from Git'}`}
        >
          <ul className="divide-y divide-line">
            {pending.map((one) => (
              <DriftRow key={one.key} difference={one} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

/** What becomes of what others changed, and what a button would make of that. */
function healingWords(healing: TenantDrift['healing'], suspended: boolean): string {
  if (healing === 'report')
    return 'This tenant reports drift and leaves it. Healing commits `drift: heal`: its node undoes all of this, and from then on whatever else is changed outside Git. Accepting writes what was found into its file.';
  if (suspended)
    return 'This tenant is suspended: its node leaves it alone until that ends, and then undoes this by itself. Accept a field to keep it.';
  return 'This tenant is healed by itself: its node undoes this with its next pass. Accept a field to keep it.';
}
