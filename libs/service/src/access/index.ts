export { accessConfigSchema } from './access.config';
export { type AccessTable, declaredNeed, needOf, type PipelinePlace, type RouteNeed } from './access.table';
export { CallGuard } from './call.guard';
export { type HttpRoute, httpRoutesOf } from './http.routes';
export { type ServiceAccess } from './service.access';
export { type PeerHeaders } from './service.key';
export { SignedBody, SignedQuery } from './signed.request';
export { ServerTls } from './tls';
export { type TlsMaterial } from './tls.files';
