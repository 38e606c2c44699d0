export { alertingService } from './service';
