'use client';

import Link from 'next/link';
import { StatusPill } from '@/components/data';
import { ExternalText, TimeAgo } from '@/components/ui';
import type { Sample } from '../schema';
import { reasonWords } from './words';

/** The reviews that the reader may see, each with its reason and note; and what they led to. */
export function GivenReviews({ sample }: { sample: Sample }) {
  const { finding, given, reviews, verdict, wanted } = sample;
  return (
    <div className="grid gap-2.5">
      {reviews.map((review) => (
        <div key={review.by.id} className="grid gap-1.5">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <StatusPill value={review.verdict} />
            <span className="text-text-2">
              by {review.by.name}, <TimeAgo at={review.at} />
            </span>
            {review.reason ? <span className="note">{reasonWords[review.reason]}</span> : null}
          </div>
          {review.note ? (
            <ExternalText note={`${review.by.name}’s note.`}>{review.note}</ExternalText>
          ) : null}
        </div>
      ))}
      {verdict === null && given > 0 ? (
        <p className="note">
          {given} of {wanted} reviews are in. What they say is shown when all are.
        </p>
      ) : null}
      {finding ? (
        <Link
          href={`/reviews?view=findings${finding.status === 'closed' ? '&status=closed' : ''}#${finding.id}`}
          className="inline-flex min-h-6 items-center justify-self-start text-accent hover:underline"
        >
          Its finding, and what was done about it
        </Link>
      ) : null}
    </div>
  );
}
