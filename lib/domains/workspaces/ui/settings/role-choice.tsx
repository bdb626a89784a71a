'use client';

import { Checkbox } from '@/components/ui';
import { type MemberRole, memberRoles } from '../../schema';

const does: Record<MemberRole, string> = {
  admin: 'Registers agents, roles, tools and secrets; manages members and settings',
  approver: 'Decides held actions and reviews the daily sample',
  auditor: 'Searches, verifies and exports the trail',
};

interface Props {
  value: MemberRole[];
  onChange: (roles: MemberRole[]) => void;
  disabledReason?: string | undefined;
  error?: string | undefined;
}

export function RoleChoice({ value, onChange, disabledReason, error }: Props) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium">Roles</legend>
      {memberRoles.map((role) => (
        <Checkbox
          key={role}
          checked={value.includes(role)}
          onCheckedChange={(on) =>
            onChange(on ? [...value, role] : value.filter((each) => each !== role))
          }
          label={role[0]?.toUpperCase() + role.slice(1)}
          hint={does[role]}
          disabledReason={disabledReason}
        />
      ))}
      {disabledReason ? <p className="note">{disabledReason}</p> : null}
      {error ? <p className="text-sm text-deny">{error}</p> : null}
    </fieldset>
  );
}
