import 'reflect-metadata';
import { runService } from '@perennial/service';
import { featureStoreService } from './service';

void runService(featureStoreService);
