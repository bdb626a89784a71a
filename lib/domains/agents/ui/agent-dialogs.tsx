'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { Button, Dialog, toast } from '@/components/ui';
import { api } from '@/lib/http/fetcher';
import { changed } from '@/lib/kernel/defined';
import { agentKeys, agentPaths } from '../queries';
import type { Agent } from '../schema';
import { type AgentDraft, draftOf } from './agent-draft';
import { AgentForm } from './agent-form';

interface DialogState {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

export function NewAgentDialog({ open, onOpenChange }: DialogState) {
  const form = useId();
  const router = useRouter();
  const client = useQueryClient();
  const create = useMutation({
    mutationFn: (draft: AgentDraft) => api.post<Agent>(agentPaths.list, draft),
    onSuccess: (agent) => {
      client.setQueryData(agentKeys.one(agent.id), agent);
      void client.invalidateQueries({ queryKey: agentKeys.all });
      toast.good('Agent registered', `${agent.name} is a draft. Give it a role and a credential.`);
      onOpenChange(false);
      router.push(`/agents/${agent.id}`);
    },
  });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) create.reset();
        onOpenChange(next);
      }}
      title="New agent"
      description="It starts as a draft and can do nothing until it has a role, a credential, and is activated."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={create.isPending}>
            Register agent
          </Button>
        </>
      }
    >
      <AgentForm id={form} error={create.error} onSubmit={(draft) => create.mutate(draft)} />
    </Dialog>
  );
}

/** Each time it opens it begins anew, and what is changed elsewhere meanwhile stays. */
export function EditAgentDialog(props: DialogState & { agent: Agent }) {
  return props.open ? <OpenEdit {...props} /> : null;
}

function OpenEdit({ agent, onOpenChange }: DialogState & { agent: Agent }) {
  const form = useId();
  const client = useQueryClient();
  const [began] = useState(() => draftOf(agent));
  const save = useMutation({
    mutationFn: (draft: AgentDraft) =>
      api.patch<Agent>(agentPaths.one(agent.id), changed(began, draft)),
    onSuccess: (saved) => {
      client.setQueryData(agentKeys.one(agent.id), saved);
      void client.invalidateQueries({ queryKey: agentKeys.all });
      toast.good('Saved', saved.name);
      onOpenChange(false);
    },
  });
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={`Edit ${agent.name}`}
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" form={form} variant="primary" loading={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <AgentForm
        id={form}
        agent={agent}
        error={save.error}
        onSubmit={(draft) => save.mutate(draft)}
      />
    </Dialog>
  );
}
