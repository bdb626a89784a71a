'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Archive, Pause, Pencil, Play } from 'lucide-react';
import { useState } from 'react';
import { Button, ConfirmDialog, RadioGroup, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { agentKeys, agentPaths } from '../queries';
import type { Agent } from '../schema';
import { EditAgentDialog } from './agent-dialogs';
import { countWords } from './stakes';

/** What hangs on an agent, for the sentence before it is stopped; undefined while not known. */
export interface AgentStakes {
  credentials: number | undefined;
  held: number | undefined;
}

/** Who may is refused all the same while nobody answers for it: the button says so beforehand. */
function mayActivate({ can, sponsor }: Agent): Agent['can']['activate'] {
  if (!can.activate.allowed || sponsor) return can.activate;
  return {
    allowed: false,
    reason: 'It has no sponsor. Edit it first: someone must answer for it.',
  };
}

type Asking = 'edit' | 'activate' | 'suspend' | 'retire' | null;

/** The buttons that move an agent through its lifecycle, and what each asks first. */
export function AgentActions({ agent, stakes }: { agent: Agent; stakes: AgentStakes }) {
  const [asking, setAsking] = useState<Asking>(null);
  const [how, setHow] = useState<'active' | 'probation'>('active');
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ verb, body }: { verb: 'activate' | 'suspend' | 'retire'; body: object }) =>
      api.post<Agent>(agentPaths.verb(agent.id, verb), body),
    onSuccess: (changed) => {
      client.setQueryData(agentKeys.one(agent.id), changed);
      toast.good(`${changed.name} is ${changed.state}`);
    },
    onSettled: () => client.invalidateQueries(),
  });
  const dialog = (which: Asking) => ({
    open: asking === which,
    onOpenChange: (open: boolean) => setAsking(open ? which : null),
  });
  const runs = agent.state === 'active' || agent.state === 'probation';
  // On probation the next step is to end it; from active it may be put on probation.
  const chosen =
    agent.state === 'active' ? 'probation' : agent.state === 'probation' ? 'active' : how;
  return (
    <>
      <Button icon={Pencil} can={agent.can.update} onClick={() => setAsking('edit')}>
        Edit
      </Button>
      <Button
        icon={Play}
        variant={runs ? 'default' : 'primary'}
        can={mayActivate(agent)}
        onClick={() => setAsking('activate')}
      >
        {agent.state === 'active'
          ? 'Put on probation…'
          : agent.state === 'probation'
            ? 'End probation…'
            : 'Activate…'}
      </Button>
      <Button
        icon={Pause}
        variant="danger"
        can={agent.can.suspend}
        onClick={() => setAsking('suspend')}
      >
        Suspend…
      </Button>
      <Button
        icon={Archive}
        variant="danger"
        can={agent.can.retire}
        onClick={() => setAsking('retire')}
      >
        Retire…
      </Button>

      <EditAgentDialog agent={agent} {...dialog('edit')} />
      <ConfirmDialog
        {...dialog('activate')}
        tone="primary"
        title={runs ? `Change how ${agent.name} runs` : `Activate ${agent.name}`}
        confirmLabel={
          runs ? (chosen === 'active' ? 'End probation' : 'Put on probation') : 'Activate'
        }
        onConfirm={() =>
          change.mutateAsync({ verb: 'activate', body: { probation: chosen === 'probation' } })
        }
      >
        {runs ? (
          <p>
            {chosen === 'active'
              ? 'Its permissions apply as written again.'
              : 'Nothing runs below tier 2 while it is on probation.'}
          </p>
        ) : (
          <RadioGroup
            label="How it starts"
            value={how}
            onValueChange={(value) => setHow(value as typeof how)}
            options={[
              { value: 'active', label: 'Active', hint: 'Its permissions apply as written.' },
              {
                value: 'probation',
                label: 'On probation',
                hint: 'Nothing runs below tier 2, so that a sample of all it does is reviewed.',
              },
            ]}
          />
        )}
      </ConfirmDialog>
      <ConfirmDialog
        {...dialog('suspend')}
        title={`Suspend ${agent.name}`}
        effects={[
          'refuses its next request, within a second',
          `stops ${countWords(stakes.credentials, 'credential')} from getting a token, until it is activated again`,
          ...(stakes.held === 0
            ? []
            : [
                `keeps ${countWords(stakes.held, 'held action')} from running while it is suspended`,
              ]),
        ]}
        confirmLabel="Suspend"
        reason="required"
        onConfirm={({ reason }) => change.mutateAsync({ verb: 'suspend', body: { reason } })}
      />
      <ConfirmDialog
        {...dialog('retire')}
        title={`Retire ${agent.name}`}
        description="This is the end of the agent. It cannot be undone."
        effects={[
          `revokes ${countWords(stakes.credentials, 'credential')}`,
          ...(stakes.held === 0
            ? []
            : [`keeps ${countWords(stakes.held, 'held action')} from ever running`]),
          'refuses its next request, within a second',
        ]}
        confirmLabel="Retire"
        reason="required"
        typeName={agent.name}
        onConfirm={({ reason }) => change.mutateAsync({ verb: 'retire', body: { reason } })}
      />
    </>
  );
}
