export { featureStoreService } from './service';
