export { deployerService } from './service';
