export { inferenceService } from './service';
