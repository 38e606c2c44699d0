export { preprocessingService } from './service';
