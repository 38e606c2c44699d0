import 'reflect-metadata';
import { runService } from '@perennial/service';
import { deployerService } from './service';

void runService(deployerService);
