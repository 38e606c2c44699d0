export { guardHttp } from '../access/http.access';
export { IssuedKeys } from './issued.keys';
export { postReadingLate, type LateReaderRequest } from './late.reader';
