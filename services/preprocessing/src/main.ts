import 'reflect-metadata';
import { runService } from '@perennial/service';
import { preprocessingService } from './service';

void runService(preprocessingService);
