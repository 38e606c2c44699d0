import 'reflect-metadata';
import { runService } from '@perennial/service';
import { ingestionService } from './service';

void runService(ingestionService);
