export { evaluatorService } from './service';
