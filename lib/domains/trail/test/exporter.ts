import { afterAll, beforeAll } from 'vitest';
import { bundle } from '@/lib/infra/testing/bundle';
import { exporter, SCRIPT } from '../export/process';

/** Has the exports of a suite written by a process that is one file, as in production. */
export function bundleExporter(): void {
  const { script } = exporter;
  beforeAll(async () => {
    const file = await bundle(SCRIPT);
    exporter.script = () => [file];
  });
  afterAll(() => {
    exporter.script = script;
  });
}
