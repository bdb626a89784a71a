'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toast } from '@/components/ui';
import { signApproval, signingOptionsQuery } from '@/lib/domains/workspaces';
import { api, ApiProblem } from '@/lib/http/fetcher';
import { approvalKeys, approvalPaths, type DecisionVerb } from '../queries';
import type { Approval } from '../schema';
import { signedWords } from './signature-words';

export interface Decided {
  verb: DecisionVerb;
  reason: string;
}

/**
 * Approves, rejects or breaks the glass, bound to what is on screen; the answer replaces the card
 * at once. Where a passkey is asked for, the browser asks for it first. `proof` is what was to be
 * decided when the server wants to know afresh who this is; StepUpDialog asks, and `again` goes on.
 */
export function useDecision(approval: Approval) {
  const client = useQueryClient();
  const [proof, setProof] = useState<Decided | null>(null);
  const decide = useMutation({
    mutationFn: async (given: Decided) =>
      api.post<Approval>(approvalPaths.decide(approval.id, given.verb), {
        display_digest: approval.display_digest,
        reason: given.reason,
        ...(await signed(given)),
      }),
    onSuccess: (decided) => {
      client.setQueryData(approvalKeys.one(approval.id), decided);
      const told = decided.planted ? toast : toast.good;
      told(signedWords(decided), approval.display.narrowed?.sentence ?? approval.display.sentence);
    },
    onError: (error, given) => {
      if (error instanceof ApiProblem && error.code === 'step_up_needed') setProof(given);
    },
    onSettled: () => client.invalidateQueries({ queryKey: approvalKeys.all }),
  });
  const signed = async ({ verb }: Decided) => {
    if (approval.signing !== 'passkey' || verb === 'reject') return {};
    const options = await client.fetchQuery(signingOptionsQuery());
    const { digest, display_digest: displayDigest } = approval;
    return { assertion: await signApproval({ digest, displayDigest, options }) };
  };
  const again = () => {
    const given = proof;
    setProof(null);
    if (given) decide.mutate(given);
  };
  return { ...decide, proof: proof !== null, putOff: () => setProof(null), again };
}
