/** The page that verifies an export in the browser: what is chosen and shown. It fetches nothing. */
import * as z from 'zod';
import { number } from '../report';
import type { Source } from '../source';
import { verifyExport } from '../verify';
import { showReport } from './result';

// The page's policy allows no code made from text; zod must not even try.
z.config({ jitless: true });

class Cancelled extends Error {}

function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

const form = byId('form', HTMLFormElement);
const drop = byId('drop', HTMLDivElement);
const file = byId('file', HTMLInputElement);
const key = byId('key', HTMLInputElement);
const anchor = byId('anchor', HTMLTextAreaElement);
const anchorFile = byId('anchor-file', HTMLInputElement);
const witness = byId('witness', HTMLInputElement);
const start = byId('start', HTMLButtonElement);
const cancel = byId('cancel', HTMLButtonElement);
const running = byId('running', HTMLDivElement);
const progress = byId('progress', HTMLProgressElement);
const percent = byId('percent', HTMLSpanElement);
const said = byId('said', HTMLParagraphElement);
const result = byId('result', HTMLElement);

/** The run under way; another one, or Cancel, ends it. */
let current: AbortController | undefined;

/** Reads slices, and no more than one at a time, so that the page stays live and the memory small. */
function sourceOf(chosen: File, signal: AbortSignal): Source {
  return {
    size: chosen.size,
    read: async (from, to) => {
      if (signal.aborted) throw new Cancelled();
      return new Uint8Array(await chosen.slice(from, to).arrayBuffer());
    },
  };
}

async function run(): Promise<void> {
  const chosen = file.files?.[0];
  current?.abort();
  result.hidden = true;
  if (!chosen) {
    said.textContent = 'Choose an export first.';
    file.focus();
    return;
  }
  const control = new AbortController();
  current = control;
  busy(true);
  said.textContent = 'Verifying.';
  const note = anchor.value.trim();
  const given = { key: key.value.trim(), witness: witness.value.trim() };
  try {
    const report = await verifyExport(sourceOf(chosen, control.signal), {
      anchors: note === '' ? [] : [{ name: 'the field above', note: `${note}\n` }],
      key: given.key === '' ? undefined : given.key,
      witnesses: given.witness === '' ? [] : [given.witness],
      onProgress: (done, total) => showProgress(done, total),
    });
    if (current !== control) return;
    said.textContent = '';
    showReport(result, chosen.name, report);
  } catch (error) {
    if (current !== control) return;
    said.textContent =
      error instanceof Cancelled
        ? 'Cancelled. Nothing was proved.'
        : `The file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    if (current === control) busy(false);
  }
}

function busy(is: boolean): void {
  running.hidden = !is;
  cancel.hidden = !is;
  start.textContent = is ? 'Start again' : 'Verify';
  if (is) showProgress(0, 1);
}

function showProgress(done: number, total: number): void {
  const part = total === 0 ? 1 : done / total;
  progress.value = part;
  percent.textContent =
    total > 1 ? `${Math.floor(part * 100)}% of ${number(Math.ceil(total / 1e6))} MB` : '';
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
cancel.addEventListener('click', () => {
  current?.abort();
  start.focus();
});
file.addEventListener('change', () => void run());
anchorFile.addEventListener('change', () => {
  const [chosen] = anchorFile.files ?? [];
  if (chosen)
    void chosen
      .slice(0, 100_000)
      .text()
      .then((text) => (anchor.value = text));
});
for (const name of ['dragenter', 'dragover'] as const) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) drop.classList.remove('over');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  const files = event.dataTransfer?.files;
  if (!files || files.length === 0) return;
  if (event.target === anchor) {
    void files[0]
      ?.slice(0, 100_000)
      .text()
      .then((text) => (anchor.value = text));
    return;
  }
  file.files = files;
  void run();
});

// Served by the console it follows the theme chosen there, leads back, and can be taken away.
try {
  const chosen = localStorage.getItem('countersign.theme');
  if (chosen === '"light"' || chosen === '"dark"')
    document.documentElement.dataset['theme'] = JSON.parse(chosen) as string;
} catch {
  // Storage may be closed to the page; the system's theme then applies.
}
if (location.protocol !== 'file:') {
  byId('home', HTMLAnchorElement).href = '/';
  const keep = byId('keep', HTMLAnchorElement);
  keep.href = location.pathname;
  keep.hidden = false;
}
