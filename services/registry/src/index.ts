export { registryService } from './service';
