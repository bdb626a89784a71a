import { counted, number, type Report, scopeOf } from '../report';

const TITLES = {
  verified: 'Verified',
  unproved: 'Not proved',
  failed: 'Does not verify',
} as const;

const ICONS = {
  verified: 'M4 10.5l4 4 8-9',
  unproved: 'M10 5v6M10 14.5v.5',
  failed: 'M5 5l10 10M15 5L5 15',
} as const;

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function icon(path: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({
    viewBox: '0 0 20 20',
    width: '20',
    height: '20',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '2',
    'aria-hidden': 'true',
  }))
    svg.setAttribute(name, value);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Shows what a verification came to, and takes the reader there. */
export function showReport(into: HTMLElement, file: string, report: Report): void {
  const title = element(
    'h2',
    { id: 'verdict', tabIndex: -1 },
    icon(ICONS[report.verdict]),
    `${TITLES[report.verdict]}: ${file}`,
  );
  const verdict = element('div', { className: `verdict ${report.verdict}` }, title);
  for (const { line, message } of report.problems) {
    verdict.append(
      line === undefined
        ? element('p', {}, message)
        : element('p', {}, element('strong', {}, `Line ${number(line)}. `), message),
    );
  }
  if (report.verdict === 'unproved') {
    verdict.append(
      element(
        'p',
        {},
        'Nothing wrong was found in the file; this was asked for and cannot be proved.',
      ),
    );
  }
  into.replaceChildren(verdict, ...about(report), ...list('Proved', report.proved));
  into.append(...list('Not proved', report.notProved));
  into.hidden = false;
  title.focus({ preventScroll: true });
  into.scrollIntoView({ block: 'nearest' });
}

function about({ about }: Report): Node[] {
  if (!about) return [];
  const { manifest } = about;
  const rows: [string, string, string?][] = [
    ['Workspace', manifest.workspace, 'mono'],
    ['Events', `${counted(manifest.count, 'event')} of a log of ${number(manifest.size)}`, 'num'],
    ['Holds', scopeOf(manifest)],
    ['Exported', manifest.made_at, 'num'],
    ['Verifier key', about.key, 'mono'],
  ];
  return [
    element(
      'dl',
      {},
      ...rows.flatMap(([name, value, className = '']) => [
        element('dt', {}, name),
        element('dd', { className }, value),
      ]),
    ),
  ];
}

function list(title: string, items: readonly string[]): Node[] {
  if (items.length === 0) return [];
  return [
    element(
      'div',
      { className: 'list' },
      element('h3', {}, title),
      element('ul', {}, ...items.map((item) => element('li', {}, item))),
    ),
  ];
}
