import 'reflect-metadata';
import { runService } from '@perennial/service';
import { trainerService } from './service';

void runService(trainerService);
