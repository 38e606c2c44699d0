/** Injection tokens that the platform module provides to every service. */
export const SERVICE_NAME = Symbol('service name');
/** The service's own variables, parsed by its schema. */
export const SERVICE_CONFIG = Symbol('service configuration');
/** pino. */
export const LOGGER = Symbol('logger');
/** prom-client Registry of this service. */
export const METRICS = Symbol('metrics registry');
/** ReadonlyMap<string, Pipeline>, by pipeline name. */
export const PIPELINES = Symbol('pipelines');
/** mongoose Connection. */
export const DATABASE = Symbol('database');
/** Transactor: state and events in one transaction, where no event is being handled. */
export const TRANSACTOR = Symbol('transactor');
/** LeaseStore. */
export const LEASES = Symbol('leases');
/** ObjectStore. */
export const OBJECT_STORE = Symbol('object store');
/** Clock. */
export const CLOCK = Symbol('clock');
/** IdGenerator: a new UUID at each call. */
export const IDS = Symbol('ids');
/** Router: for `subscribeBatch`; event handlers use @OnEvent. */
export const ROUTER = Symbol('router');
/** RefusalsOf: for consumers of whole slices, where a record that cannot be read goes. */
export const REFUSALS = Symbol('refusals');
/** Publisher: acknowledged by the broker, but in no transaction. For heartbeats, progress and the prediction log. */
export const PUBLISHER = Symbol('publisher');
/** Consumer: for consumers that live shorter than the service, or in a group of their own. */
export const CONSUMER = Symbol('consumer');
/** Stamp: source, clock and ids of this service's events. */
export const STAMP = Symbol('stamp');
/** ServiceAccess: who may ask this service, and its certificate. */
export const SERVICE_ACCESS = Symbol('service access');
/** PeerHeaders: what this service shows of itself to other services. */
export const PEER_HEADERS = Symbol('peer headers');
/** ProgressReader: how far a consumer group lags behind. */
export const PROGRESS = Symbol('progress');
