export { guardHttp } from '../access/http.access';
export { postReadingLate, type LateReaderRequest } from './late.reader';
