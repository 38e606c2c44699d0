import 'reflect-metadata';
import { runService } from '@perennial/service';
import { evaluatorService } from './service';

void runService(evaluatorService);
