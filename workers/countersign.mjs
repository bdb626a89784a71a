#!/usr/bin/env node
// The package's command. Node does not read TypeScript by itself, wherever it is called from.
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';

register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
await import('./countersign.ts');
