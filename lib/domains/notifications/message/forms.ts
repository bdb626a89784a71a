/** A message in the form that each kind of channel takes, escaped for it. */
import type { Mail } from '@/lib/infra/mail';
import type { Message } from './message';
import { unlinked } from './text';

/** As a chat or a mail program may show it: no text but ours becomes a link. */
function shown(message: Message): Message {
  return {
    ...message,
    title: unlinked(message.title),
    sentence: unlinked(message.sentence),
    facts: message.facts.map(({ label, value }) => ({ label, value: unlinked(value) })),
    workspace: { ...message.workspace, name: unlinked(message.workspace.name) },
  };
}

const slackEntities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Slack reads <…> as links and mentions, in plain text too. */
function slackText(text: string): string {
  return text.replaceAll(/[&<>]/g, (one) => slackEntities[one] ?? '');
}

/** For an incoming webhook of Slack: blocks of plain text, which has no markup, and a link button. */
export function slackForm(message: Message): object {
  const { title, sentence, facts, workspace, link, linkLabel } = shown(message);
  const plain = (text: string) => ({ type: 'plain_text', text: slackText(text), emoji: false });
  const details = [...facts.map(({ label, value }) => `${label}: ${value}`), workspace.name];
  return {
    text: slackText([title, sentence].filter(Boolean).join(': ')),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: plain(title) },
      ...(sentence ? [{ type: 'section', text: plain(sentence) }] : []),
      { type: 'context', elements: [plain(details.join('  ·  '))] },
      {
        type: 'actions',
        elements: [{ type: 'button', text: plain(linkLabel), url: link }],
      },
    ],
  };
}

/**
 * For an incoming webhook of Teams: an adaptive card in the message envelope. A TextRun has no
 * markdown, unlike a TextBlock or a fact; what is left are date functions and mentions.
 */
export function teamsForm(message: Message): object {
  const { title, sentence, facts, workspace, link, linkLabel } = shown(message);
  const text = (words: string) =>
    words.replaceAll(/([{$])(?=\{)/g, '$1\u2060').replaceAll(/<(?=\/?at)/gi, '<\u2060');
  const run = (words: string, more: object = {}) => ({
    type: 'TextRun',
    text: text(words),
    ...more,
  });
  const block = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(run(title, { weight: 'Bolder' })),
            ...(sentence ? [block(run(sentence))] : []),
            ...facts.map(({ label, value }) =>
              block(run(`${label}: `, { isSubtle: true }), run(value)),
            ),
            block(run(workspace.name, { isSubtle: true, size: 'Small' })),
          ],
          actions: [{ type: 'Action.OpenUrl', title: linkLabel, url: link }],
        },
      },
    ],
  };
}

/** A CloudEvent 1.0: data for programs, so the text is as it is but for what is masked. */
export function webhookForm(message: Message): object {
  const { id, occasion, time, title, sentence, action, link, review, workspace } = message;
  return {
    specversion: '1.0',
    id,
    source: `/workspaces/${workspace.id}/notifications`,
    type: `countersign.notification.${occasion}`,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    data: {
      ...{ occasion, title, sentence, action: action ?? null, url: link },
      ...(review ? { review } : {}),
    },
  };
}

const htmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => htmlEntities[one] ?? '');
}

/** Plain text and the same as HTML without pictures or anything that is fetched. */
export function mailForm(message: Message, to: string): Mail {
  const { id, title, sentence, facts, workspace, link, linkLabel } = shown(message);
  const why = `You get this as a member of ${workspace.name}. Which mail you get is in the console's settings, under Notifications. A decision is taken in the console only; an answer to this mail is read by nobody.`;
  return {
    id,
    to,
    subject: unlinked([title, sentence].filter(Boolean).join(': '), 150),
    text: [
      title,
      ...(sentence ? ['', sentence] : []),
      '',
      ...facts.map(({ label, value }) => `${label}: ${value}`),
      '',
      `${linkLabel}: ${link}`,
      '',
      why,
      '',
    ].join('\n'),
    html: [
      '<!doctype html><html><body style="font-family:sans-serif;font-size:14px;line-height:1.5">',
      `<p style="color:#555">${html(title)}</p>`,
      sentence ? `<p style="font-size:17px"><strong>${html(sentence)}</strong></p>` : '',
      `<p>${facts.map(({ label, value }) => `${html(label)}: ${html(value)}`).join('<br>')}</p>`,
      `<p><a href="${html(link)}">${html(linkLabel)}</a></p>`,
      `<p style="color:#777;font-size:12px">${html(why)}</p>`,
      '</body></html>',
    ].join('\n'),
  };
}
