export { objectStoreContract, type StoreUnderTest } from './object-store.contract';
