'use client';

import { useQuery } from '@tanstack/react-query';
import { Badge, CodeBlock, CopyButton, KeyValue, Panel, QueryView } from '@/components/ui';
import { singleSignOnQuery } from '../../queries';

const example = `OIDC_ISSUER=https://login.example.com
OIDC_CLIENT_ID=countersign
OIDC_CLIENT_SECRET=…
OIDC_NAME="Northwind login"`;

export function SingleSignOnTab() {
  const status = useQuery(singleSignOnQuery());
  return (
    <QueryView query={status}>
      {(sso) => (
        <div className="grid max-w-2xl gap-3.5">
          <Panel
            title="OpenID Connect"
            actions={
              <Badge tone={sso.configured ? 'allow' : 'neutral'}>
                {sso.configured ? 'Configured' : 'Not configured'}
              </Badge>
            }
          >
            <KeyValue
              items={[
                sso.configured && { label: 'Shown as', value: sso.name },
                sso.issuer !== null && {
                  label: 'Issuer',
                  value: <span className="mono break-all">{sso.issuer}</span>,
                },
                {
                  label: 'Redirect URI to register',
                  value: (
                    <span className="flex min-w-0 items-center gap-1">
                      <span className="mono break-all">{sso.callbackUrl}</span>
                      <CopyButton value={sso.callbackUrl} label="Copy redirect URI" />
                    </span>
                  ),
                },
              ]}
            />
            <p className="note mt-3">
              An active member signs in this way when the provider vouches for the member’s email
              address. Nobody becomes a member by it: invite people first.
            </p>
          </Panel>
          {sso.configured ? null : (
            <Panel title="To configure it" note="In the environment of the console, then restart">
              <CodeBlock code={example} label="Environment" />
            </Panel>
          )}
        </div>
      )}
    </QueryView>
  );
}
