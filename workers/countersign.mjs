#!/usr/bin/env node
// The package's command. Node does not read TypeScript by itself; what the command needs is made into one
// module in memory, which starts faster and stays smaller than a loader.
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { build, stop } from 'esbuild';

// A file of any size is read in little memory: the heap is cleaned before it is grown.
setFlagsFromString('--optimize-for-size');

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { outputFiles } = await build({
  entryPoints: [here('countersign.ts')],
  tsconfig: here('../tsconfig.json'),
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await stop();
const code = Buffer.from(outputFiles[0].contents).toString('base64');
await import(`data:text/javascript;base64,${code}`);
