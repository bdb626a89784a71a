/** The log is not as it was signed; `index` is the first that is not what it should be. */
export class Broken extends Error {
  readonly index: number;

  constructor(index: number, message: string) {
    super(message);
    this.index = index;
  }
}

/** A tree that the log has been before, known from a place outside the trail's database. */
export interface Landmark {
  size: number;
  root: Buffer;
  /** Who says so, to begin a sentence: `An earlier verification says`. */
  said: string;
}

export function missesLandmark(landmark: Landmark, size: number): Broken {
  return new Broken(size, `${landmark.said} ${landmark.size} events; now there are ${size}.`);
}

/** `good` is the size up to which the log is known to be as it was. */
export function differsFromLandmark(landmark: Landmark, good: number): Broken {
  const { said, size } = landmark;
  return new Broken(good, `${said} ${size} events, and the first ${size} now are not those.`);
}
