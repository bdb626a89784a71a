/** The trail for other rooms, pages' routes and workers. */
export { drainOutbox, runSequencer } from './sequencer/run';
