import { env } from '@/lib/infra/env';
import { query } from '@/lib/kernel/verb';
import { steppedUpUntil } from '../passkeys/fresh';
import { countPasskeys } from '../passkeys/repo';
import { isMember, mayRead } from '../policy';
import { loadMember, loadWorkspace } from '../repo';
import { empty, meView, singleSignOnView, workspaceSettings } from '../schema';
import { OIDC_PROVIDER } from './oidc';
import { abilitiesOf, hasCodes, hasSecondFactor, rolesOf } from './views';

/** Who is signed in, where, and how. */
export const me = query({
  name: 'workspace.me',
  input: empty,
  output: meView,
  permit: isMember,
  run: async ({ ctx, tx }) => {
    const { actor } = ctx;
    const member = await loadMember(tx, actor.id);
    const workspace = await loadWorkspace(tx);
    const { requireSecondFactor } = workspaceSettings.parse(workspace.settings);
    const approver = member.roles.includes('approver');
    return {
      member: {
        id: member.id,
        name: member.name,
        email: member.email,
        roles: rolesOf(member.roles),
        abilities: abilitiesOf(member.abilities),
        hasPassword: member.passwordHash !== null,
        codes: hasCodes(member),
        passkeySignIn: member.passkeySignIn,
        passkeys: await countPasskeys(tx, member.id),
        secondFactorMissing: requireSecondFactor && approver && !hasSecondFactor(member),
      },
      workspace: {
        id: workspace.id,
        name: workspace.name,
        demo: workspace.demo,
        timeZone: workspace.timeZone,
      },
      session: {
        id: actor.type === 'member' ? (actor.sessionId ?? null) : null,
        method: actor.type === 'member' ? actor.method : '',
        authenticatedAt: new Date(
          actor.type === 'member' ? actor.authenticatedAt : 0,
        ).toISOString(),
        steppedUpUntil: (await steppedUpUntil(tx, actor))?.toISOString() ?? null,
      },
    };
  },
});

/** How single sign-on is configured; without its secret. */
export const getSingleSignOn = query({
  name: 'workspace.single_sign_on',
  input: empty,
  output: singleSignOnView,
  permit: mayRead,
  run: async () => {
    const e = env();
    return {
      configured: e.OIDC_ISSUER !== undefined,
      name: e.OIDC_NAME,
      issuer: e.OIDC_ISSUER ?? null,
      callbackUrl: `${e.NEXTAUTH_URL}/api/auth/callback/${OIDC_PROVIDER}`,
    };
  },
});
