export { ingestionService } from './service';
