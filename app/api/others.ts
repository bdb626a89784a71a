/** The console's routes that are no operations, as data for its OpenAPI document. */
import { z } from 'zod';
import {
  acceptInvitationInput,
  invitationOffer,
  invitationTokenInput,
  setupInput,
} from '@/lib/domains/workspaces/server';
import type { OtherRoute } from '@/lib/http/openapi';

export const others: readonly OtherRoute[] = [
  {
    method: 'GET',
    path: '/api/live',
    operationId: 'live.listen',
    summary: 'Server-sent events: which lists of the workspace have changed',
    status: 200,
    media: ['text/event-stream'],
    open: false,
  },
  {
    method: 'GET',
    path: '/api/health',
    operationId: 'health.read',
    summary: 'Whether the console runs and reaches its database',
    status: 200,
    output: z.object({ status: z.literal('ok') }),
    open: true,
  },
  {
    method: 'GET',
    path: '/api/openapi.json',
    operationId: 'openapi.read',
    summary: 'This document',
    status: 200,
    output: z.looseObject({ openapi: z.string() }),
    open: true,
  },
  {
    method: 'POST',
    path: '/api/workspace/setup',
    operationId: 'workspace.set_up',
    summary: 'Make the first workspace and its admin, with the one-time link’s token',
    status: 201,
    input: setupInput,
    output: z.object({ workspace: z.string(), member: z.string() }),
    open: true,
  },
  {
    method: 'POST',
    path: '/api/invitations/offer',
    operationId: 'invitations.offer',
    summary: 'What an invitation’s token offers',
    status: 200,
    input: invitationTokenInput,
    output: invitationOffer,
    open: true,
  },
  {
    method: 'POST',
    path: '/api/invitations/accept',
    operationId: 'invitations.accept',
    summary: 'Become a member by an invitation',
    status: 201,
    input: acceptInvitationInput,
    output: z.object({ email: z.string() }),
    open: true,
  },
];
