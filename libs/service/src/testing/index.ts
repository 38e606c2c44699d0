export { postReadingLate, type LateReaderRequest } from './late.reader';
