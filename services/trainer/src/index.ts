export { trainerService } from './service';
