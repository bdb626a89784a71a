'use client';

import { useQuery } from '@tanstack/react-query';
import { Classification, EffectBadges, Reversibility } from '@/components/data';
import { humanize, plural } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import { Badge, KeyValue, Panel, QueryView, Section, SkeletonRows } from '@/components/ui';
import { templateQuery } from '../queries';
import type { TemplateView } from '../template-schema';
import { TemplateForm } from './template-form';

const back = { href: '/agents/templates', label: 'Templates' };

/** What a template brings and why, and the way to an agent made of it. */
export function TemplatePage({ id }: { id: string }) {
  const query = useQuery(templateQuery(id));
  return (
    <Page>
      <QueryView
        query={query}
        title="This template could not be loaded"
        skeleton={
          <>
            <PageHeader title="Template" back={back} />
            <SkeletonRows rows={8} />
          </>
        }
      >
        {(template) => (
          <>
            <PageHeader title={template.title} subtitle={template.summary} back={back} />
            <Brings template={template} />
            <Threats model={template.threatModel} />
            <TemplateForm template={template} />
          </>
        )}
      </QueryView>
    </Page>
  );
}

function Brings({ template }: { template: TemplateView }) {
  const { agent, actionTypes, roles, dataAssets } = template;
  return (
    <Panel title="What it brings" padded={false}>
      <Section title="Agent">
        <KeyValue
          items={[
            { label: 'Purpose', value: agent.purpose },
            { label: 'Clearance', value: <Classification value={agent.clearance} /> },
            { label: 'Environment', value: humanize(agent.environment) },
          ]}
        />
      </Section>
      {roles.map(({ name, description, permissions }) => (
        <Section key={name} title={`Role ${name}`} note={description}>
          <ul className="grid gap-1.5">
            {permissions.map(({ action, words }, index) => (
              <li key={`${action} ${index}`} className="[overflow-wrap:anywhere]">
                <span className="mono">{action}</span>: {words}
              </li>
            ))}
          </ul>
        </Section>
      ))}
      <Section title="Action types" note="those that no role grants are withheld on purpose">
        <ul className="grid gap-1.5">
          {actionTypes.map((type) => (
            <li key={type.key} className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <span className="mono">{type.key}</span>
              <span>{type.title}</span>
              <EffectBadges value={type.effects} />
              <Reversibility value={type.reversibility} />
              <Classification value={type.classification} />
              {type.granted ? null : <Badge tone="deny">withheld</Badge>}
            </li>
          ))}
        </ul>
      </Section>
      {dataAssets.map(({ name, description, fields }) => (
        <Section key={name} title={`Data asset ${name}`} note={description}>
          <ul className="grid gap-1.5">
            {fields.map((field) => (
              <li key={field.name} className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <span>{field.name}</span>
                <Classification value={field.classification} />
                {field.handling === 'none' ? null : (
                  <span className="text-text-2">{humanize(field.handling).toLowerCase()}</span>
                )}
                {field.note ? <span className="note">{field.note}</span> : null}
              </li>
            ))}
          </ul>
        </Section>
      ))}
    </Panel>
  );
}

function Threats({ model: { assets, threats } }: { model: TemplateView['threatModel'] }) {
  return (
    <Panel
      title="Threat model"
      note={`a first one, with ${plural(threats.length, 'threat')} and what answers each`}
      padded={false}
    >
      <Section title="What is at stake">
        <ul className="list-disc pl-5">
          {assets.map((asset) => (
            <li key={asset}>{asset}</li>
          ))}
        </ul>
      </Section>
      <Section title="Threats">
        <ul className="grid gap-3">
          {threats.map(({ threat, owasp, control }) => (
            <li key={threat}>
              <div className="flex flex-wrap items-baseline gap-x-2.5">
                <span className="font-medium">{threat}</span>
                <span className="note">{owasp}</span>
              </div>
              <div className="text-text-2">{control}</div>
            </li>
          ))}
        </ul>
      </Section>
    </Panel>
  );
}
