'use client';

import { useQuery } from '@tanstack/react-query';
import { StatusPill, Timeline } from '@/components/data';
import { shortId } from '@/components/format';
import { Page, PageHeader } from '@/components/layout';
import {
  CopyId,
  Duration,
  LinkButton,
  Panel,
  QueryView,
  SkeletonRows,
  TimeAgo,
} from '@/components/ui';
import { storyQuery } from '../queries';
import type { EventItem, StoryView } from '../schema';
import { OutcomeSign, TierSign } from './atoms';
import { progressOf } from './story';
import { timelineItems } from './timeline-items';
import { useNames } from './use-names';

/** One action from its session's start to its outcome, in the order of the log. */
export function StoryPage({ action }: { action: string }) {
  const query = useQuery(storyQuery(action));
  const decision = query.data?.items.find((event) => event.type === 'action.decided');
  const held = query.data?.items.some((event) => event.tier === 3);
  return (
    <Page width="wide">
      <PageHeader
        back={{ href: '/trail', label: 'Trail' }}
        title={decision?.action_type ?? 'Action'}
        tab={decision?.summary}
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
            {query.data ? <Standing items={query.data.items} action={action} /> : null}
            {decision?.tier ? <TierSign tier={decision.tier} word /> : null}
            <CopyId id={action} label="action" />
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

/** Where the action stands: what it waits for, or how it ended and how long that took. */
function Standing({ items, action }: { items: EventItem[]; action: string }) {
  const { outcome, tookMs, waitingSince } = progressOf(items, action);
  if (waitingSince !== undefined) {
    return (
      <>
        <StatusPill value="pending" map={waiting} />
        <span className="note">
          held <TimeAgo at={waitingSince} />
        </span>
      </>
    );
  }
  return (
    <>
      {outcome ? <OutcomeSign outcome={outcome} /> : null}
      {tookMs === undefined ? null : (
        <span className="note">
          <Duration ms={tookMs} /> from decision to end
        </span>
      )}
    </>
  );
}

const waiting = { pending: { tone: 'hold' as const, label: 'Waiting' } };

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
