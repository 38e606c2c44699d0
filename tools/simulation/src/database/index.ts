export type { Document } from './document.values';
export { redirectDriverTime } from './driver.time';
export type { DocumentChange } from './server.state';
export { SimulatedDatabase } from './simulated.database';
