// npm run console, gateway, jobs or sequencer: the program of that name, as npm run build made it.
import { existsSync } from 'node:fs';

const [, , name] = process.argv;
const program = new URL(`../node_modules/.countersign/${name}.mjs`, import.meta.url);

if (existsSync(program)) {
  await import(program.href).catch((error) => {
    // Its log reads the environment before anything else does, so what is wrong there is told here.
    process.stderr.write(`${error.name === 'EnvError' ? error.message : (error.stack ?? error)}\n`);
    process.exit(1);
  });
} else {
  process.stderr.write(
    `The program ${name} is not built. Run npm run build, then start it again.\n`,
  );
  process.exitCode = 1;
}
