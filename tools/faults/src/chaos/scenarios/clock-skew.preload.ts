import { adverseProcess } from './adverse.process.config';
import { shiftedDate } from './clock-skew.date';

/** Loaded before anything else in the processes of services: sets their clocks wrong. */
const running = adverseProcess();
const offsetMs = running?.settings.clockOffsets[running.service] ?? 0;
if (offsetMs !== 0) globalThis.Date = shiftedDate(Date, offsetMs);
