import 'reflect-metadata';
import { runService } from '@perennial/service';
import { registryService } from './service';

void runService(registryService);
