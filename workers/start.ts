/** npm start: everything in one go. See `npm start -- --help`, and start/ for the parts. */
import { main } from './start/main';

await main(process.argv.slice(2));
