import { Notice, Section } from '@/components/ui';
import { exactTime } from '@/components/format';
import type { Approval } from '../schema';

type Asked = NonNullable<Approval['display']['asked_by']>;

/** Who asks for an approval of what Countersign will not run; nothing where it runs it itself. */
export function AskedBy({ asked }: { asked: Asked | undefined }) {
  if (!asked) return null;
  const who =
    asked.type === 'member'
      ? `a gateway with an access token of ${asked.name}`
      : `the agent ${asked.name} itself`;
  return (
    <Section>
      <Notice
        tone="hold"
        title={`Asked for by ${who}. Countersign will not run it: once approved, who asked may do it, once.`}
      >
        <ul className="grid min-w-0 gap-1 [overflow-wrap:anywhere]">
          {asked.client === null ? null : (
            <li>It calls itself “{asked.client}”; nobody checked.</li>
          )}
          {asked.until === null ? null : <li>Wanted until {exactTime(asked.until)}.</li>}
          {asked.emergency ? <li>It says that this is an emergency.</li> : null}
        </ul>
      </Notice>
    </Section>
  );
}
