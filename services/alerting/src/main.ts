import 'reflect-metadata';
import { runService } from '@perennial/service';
import { alertingService } from './service';

void runService(alertingService);
