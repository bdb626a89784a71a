'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { announced } from './announced';

export type LiveState = 'connecting' | 'open' | 'closed';

interface Options {
  onTopic?: (topic: string) => void;
  /** The server ended the stream because the sign-in did; it is not tried again. */
  onSignedOut?: () => void;
  enabled?: boolean;
}

const LONGEST_WAIT_MS = 30_000;

function topicOf(data: string): string | undefined {
  const text = data.trim();
  if (!text.startsWith('{') && !text.startsWith('"')) return text || undefined;
  try {
    const parsed = JSON.parse(text) as string | { topic?: unknown };
    if (typeof parsed === 'string') return parsed;
    return typeof parsed.topic === 'string' ? parsed.topic : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Listens for topics and invalidates the queries whose key begins with one, as `announced` says. After a
 * gap everything on screen is refetched, since what happened meanwhile was not heard.
 */
export function useLive(
  url: string,
  { onTopic, onSignedOut, enabled = true }: Options = {},
): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  const heard = useRef(onTopic);
  const ended = useRef(onSignedOut);
  useEffect(() => {
    heard.current = onTopic;
    ended.current = onSignedOut;
  });
  useEffect(() => {
    if (!enabled) return;
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let attempts = 0;
    let dropped = false;
    let stopped = false;
    const { hear, missed, flush, stop } = announced(client, {
      hidden: () => document.hidden,
      onTopic: (topic) => heard.current?.(topic),
    });

    const receive = (event: MessageEvent<string>) => {
      const topic = topicOf(event.data);
      if (topic) hear(topic);
    };
    const connect = () => {
      if (stopped) return;
      source = new EventSource(url);
      source.addEventListener('message', receive);
      source.addEventListener('topic', receive as EventListener);
      source.addEventListener('signed-out', () => {
        stopped = true;
        source?.close();
        setState('closed');
        // Whatever is asked next is refused, which tells the page to leave.
        void client.invalidateQueries({ refetchType: 'active' });
        ended.current?.();
      });
      source.addEventListener('open', () => {
        attempts = 0;
        setState('open');
        if (dropped) missed();
        dropped = false;
      });
      source.addEventListener('error', () => {
        dropped = true;
        source?.close();
        setState('closed');
        if (stopped) return;
        const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempts);
        attempts += 1;
        retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
      });
    };
    connect();
    // Before the client itself, which listens at the window and then joins what is under way.
    document.addEventListener('visibilitychange', flush);
    return () => {
      stopped = true;
      clearTimeout(retry);
      stop();
      document.removeEventListener('visibilitychange', flush);
      source?.close();
    };
  }, [client, url, enabled]);
  return state;
}
