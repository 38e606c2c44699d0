import type { Provider } from '@nestjs/common';
import { enrichmentProviders } from './enrichment.providers';
import { predictionProviders } from './prediction.providers';
import { protocolProviders } from './protocol.providers';
import { servingProviders } from './serving.providers';

export const inferenceProviders: Provider[] = [
  ...servingProviders,
  ...enrichmentProviders,
  ...predictionProviders,
  ...protocolProviders,
];
