import 'reflect-metadata';
import { runService } from '@perennial/service';
import { inferenceService } from './service';

void runService(inferenceService);
