/** Hexadecimal digits at the end of a prediction's id that say its place in the batch. */
const PLACE_DIGITS = 3;
const UUID_LENGTH = 36;

/** The id of the prediction at that place, up to 4,095, of the batch with this id. */
export const predictionIdAt = (batchId: string, place: number): string =>
  batchId.slice(0, -PLACE_DIGITS) + place.toString(16).padStart(PLACE_DIGITS, '0');

/** The batch that a prediction with this id is logged in; ids that are no UUIDs were not made here, and stand alone. */
export const batchIdOf = (predictionId: string): string =>
  predictionId.length === UUID_LENGTH ? predictionIdAt(predictionId, 0) : predictionId;
