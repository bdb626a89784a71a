'use client';

import { useQuery } from '@tanstack/react-query';
import { Timeline } from '@/components/data';
import { shortId } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import { CopyId, Duration, LinkButton, Panel, QueryView, SkeletonRows } from '@/components/ui';
import { storyQuery } from '../queries';
import type { EventItem, StoryView } from '../schema';
import { OutcomeSign, TierSign } from './atoms';
import { timelineItems } from './timeline-items';
import { useNames } from './use-names';

/** One action from its session's start to its outcome, in the order of the log. */
export function StoryPage({ action }: { action: string }) {
  const query = useQuery(storyQuery(action));
  const decision = query.data?.items.find((event) => event.type === 'action.decided');
  const end = query.data?.items.findLast((event) => event.action === action);
  const held = query.data?.items.some((event) => event.tier === 3);
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/trail', label: 'Trail' }}
        title={decision?.action_type ?? 'Action'}
        subtitle={decision?.summary}
        actions={
          <>
            {decision ? (
              <LinkButton href={`/policies/explain?action=${action}`}>Explain</LinkButton>
            ) : null}
            {held ? <LinkButton href={`/approvals/${action}`}>Open the approval</LinkButton> : null}
          </>
        }
        meta={
          <>
            {end?.outcome ? <OutcomeSign outcome={end.outcome} /> : null}
            {decision?.tier ? <TierSign tier={decision.tier} word /> : null}
            <CopyId id={action} label="action" />
            {query.data ? <Lasted items={query.data.items} action={action} /> : null}
          </>
        }
      />
      <QueryView
        query={query}
        title="This action’s story could not be loaded"
        skeleton={<SkeletonRows rows={5} />}
      >
        {(story) => <Story story={story} />}
      </QueryView>
    </Page>
  );
}

function Lasted({ items, action }: { items: EventItem[]; action: string }) {
  const own = items.filter((event) => event.action === action);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last || first === last) return null;
  return (
    <span className="note">
      <Duration ms={Date.parse(last.time) - Date.parse(first.time)} /> from decision to end
    </span>
  );
}

function Story({ story }: { story: StoryView }) {
  const { nameOf } = useNames();
  const items = timelineItems(story.items, nameOf);
  const session = story.items.find((event) => event.session)?.session;
  return (
    <Panel
      padded={false}
      title="The whole story"
      note="Each step with the time since the one before"
      actions={
        session ? (
          <LinkButton size="sm" href={`/trail/sessions/${session}`}>
            Session {shortId(session)}
          </LinkButton>
        ) : null
      }
    >
      <Timeline label="The action’s story" items={items} />
    </Panel>
  );
}
