import { verifierKey, type Verifier } from '../note';
import { type Anchor, cosigners, openAnchor } from './anchor';
import { Refusal } from './refusal';
import { counted, number, type Problem, type Report } from './report';
import type { Scan } from './scan';
import type { Trust } from './trust';

interface Findings {
  trust: Trust;
  found: Scan;
  anchors: readonly Anchor[];
  pinned: Verifier | undefined;
  witnesses: readonly Verifier[];
}

/** Holds what was read against what is signed, and says what is proved and what is not. */
export function conclude(findings: Findings): Report {
  const { trust, found, anchors, witnesses } = findings;
  const { manifest, origin, keys } = trust;
  const unproved: Problem[] = [];
  const proved = [
    ...provedByFile(findings),
    ...provedSignatures(findings),
    ...provedPasskeys(findings),
  ];
  const seen = new Set(cosigners(manifest.checkpoint, witnesses));
  for (const anchor of anchors) {
    const said = provedAgainst(anchor, trust, found);
    if (said.proved === undefined) {
      unproved.push({ message: said.unproved });
      continue;
    }
    proved.push(said.proved);
    for (const witness of cosigners(anchor.note, witnesses)) seen.add(witness);
  }
  for (const witness of witnesses) {
    if (seen.has(witness)) {
      proved.push(
        `The witness ${witness.name} cosigned this log, as it does only while the log keeps what it held before.`,
      );
    } else {
      unproved.push({ message: `No checkpoint here is cosigned by the witness ${witness.name}.` });
    }
  }
  const [first] = keys;
  return {
    verdict: unproved.length === 0 ? 'verified' : 'unproved',
    problems: unproved,
    proved,
    notProved: notProved(findings, seen.size > 0),
    about: {
      workspace: manifest.workspace,
      origin,
      key: first ? verifierKey(first) : '',
      manifest,
    },
  };
}

function provedByFile({ trust, found, anchors }: Findings): string[] {
  const { manifest, checkpoint } = trust;
  const { count, first, last } = manifest;
  const end = found.count + 1;
  if (found.count !== count) {
    const what = found.count < count ? 'lines are missing' : 'lines were added';
    throw new Refusal(
      `The manifest counts ${counted(count, 'event')}, the file holds ${number(found.count)}: ${what}.`,
      end,
    );
  }
  if (found.first !== first || found.last !== last) {
    throw new Refusal(
      `The manifest says that the events go from index ${first} to ${last}; they go from ${found.first} to ${found.last}.`,
      end,
    );
  }
  const size = checkpoint.size;
  if (manifest.complete && !found.roots.get(size)?.equals(checkpoint.root)) {
    throw new Refusal(
      `The ${counted(size, 'event')} do not make the root that the checkpoint signs: ${suspects(trust, found, anchors)}`,
    );
  }
  if (found.sha256 !== manifest.sha256) {
    throw new Refusal(
      'The SHA-256 of the lines is not the one in the manifest, though each line is sound.',
      end,
    );
  }
  const whole = `Complete: all ${counted(size, 'event')} of the log, from its first to the last that the checkpoint signs. None was changed, left out, added or moved.`;
  const part = `Included: each of the ${counted(count, 'event')} is in the log of ${counted(size, 'event')} that the checkpoint signs, unchanged and at the index on its line.`;
  return [
    manifest.complete ? whole : part,
    'The file is as it was exported: count, first and last index, and SHA-256 are those of its manifest.',
  ];
}

/** Which lines may be the changed ones; an earlier checkpoint that still holds, or no more, narrows them. */
function suspects(trust: Trust, found: Scan, anchors: readonly Anchor[]): string {
  let [from, to] = [0, trust.checkpoint.size];
  for (const anchor of anchors) {
    const { size, root } = openAnchor(anchor, trust);
    if (size >= to) continue;
    if (!found.roots.get(size)?.equals(root)) to = size;
    else if (size > from) from = size;
  }
  return from + 1 === to
    ? `line ${number(to)} was changed.`
    : `at least one of the lines ${number(from + 1)} to ${number(to)} was changed. Earlier checkpoints would tell more exactly which.`;
}

function provedSignatures({ trust, pinned }: Findings): string[] {
  const [first] = trust.keys;
  const whose = pinned ? 'the key you gave' : 'the key in the file';
  const signed = `Checkpoint and manifest are signed by ${whose}${trust.keys.length > 1 ? ', or by those that follow it' : ''}: ${first ? verifierKey(first) : ''}`;
  const followed = trust.keys.length - 1;
  return followed === 0
    ? [signed]
    : [signed, `${counted(followed, 'later key')} of the log: each is endorsed by the one before.`];
}

function provedPasskeys({ trust, found }: Findings): string[] {
  if (found.signed === 0) return [];
  const signed = `Signed by passkey: ${counted(found.signed, 'approval')}. Each signature is over its own action and what its approver was shown, with the person verified`;
  const bound = ', by a passkey that the same member had registered before and not removed';
  return [`${signed}${trust.manifest.complete ? bound : ''}.`];
}

type Said = { proved: string } | { proved?: undefined; unproved: string };

/** That the file's log and the one of another checkpoint are the same log, grown. */
function provedAgainst(anchor: Anchor, trust: Trust, found: Scan): Said {
  const { manifest, checkpoint } = trust;
  const other = openAnchor(anchor, trust);
  const [theirs, ours] = [number(other.size), number(checkpoint.size)];
  if (other.size === 0) {
    return {
      unproved: `The checkpoint in ${anchor.name} is of an empty log, which every log agrees with.`,
    };
  }
  if (other.size === checkpoint.size) {
    if (!other.root.equals(checkpoint.root)) {
      throw new Refusal(
        `The checkpoint in ${anchor.name} signs another root at the same ${ours} events: two versions of this log exist.`,
      );
    }
    return {
      proved: `The checkpoint in ${anchor.name} signs the same ${ours} events with the same root.`,
    };
  }
  if (other.size > checkpoint.size) {
    return {
      unproved: `The checkpoint in ${anchor.name} signs ${theirs} events, later than this file's ${ours}. Export again and verify that file against it.`,
    };
  }
  if (!manifest.complete) {
    return {
      unproved: `That the log of ${ours} events extends the ${theirs} of the checkpoint in ${anchor.name} cannot be proved from a filtered export. Use a complete one.`,
    };
  }
  if (!found.roots.get(other.size)?.equals(other.root)) {
    throw new Refusal(
      `The first ${theirs} events are not those that the checkpoint in ${anchor.name} signs: what was recorded before it was changed since.`,
    );
  }
  return {
    proved: `Consistent: the log extends the ${theirs} events that the checkpoint in ${anchor.name} signs; none of them was changed since.`,
  };
}

function notProved({ trust, found, anchors, pinned }: Findings, witnessed: boolean): string[] {
  const { manifest, checkpoint } = trust;
  const limits = [
    'That what the events say is true: it is proved what was recorded, and in which order, not that it happened so.',
    `Anything recorded after the ${counted(checkpoint.size, 'event')} of the checkpoint.`,
  ];
  if (!manifest.complete) {
    limits.unshift(
      'That nothing was left out: a filtered export proves each event that it holds, not that the filter found all. Only a complete export does.',
    );
  }
  if (!manifest.complete && found.signed > 0) {
    limits.unshift(
      'Whose passkeys signed: that the members who approved had registered them is checked in a complete export only.',
    );
  }
  if (!pinned) {
    limits.unshift(
      'Whose key it is: it was taken from the file. Compare it with the one you were given, or give it to the verifier.',
    );
  }
  if (!witnessed) {
    limits.push(
      anchors.length > 0
        ? 'That no other version of this log was shown to others beyond the checkpoints you gave: a witness that cosigns proves it.'
        : 'That no other version of this log was shown to others: a checkpoint from a second place, or a witness that cosigns, proves it.',
    );
  }
  limits.push(
    found.sealed > 0
      ? `What sealed payloads say (${counted(found.sealed, 'event')}): the proof covers them as they are, closed.`
      : 'What any payload said that was masked or sealed before it was recorded.',
  );
  return limits;
}
