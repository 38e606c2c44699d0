// Entry of the process that `trainLightGbm` forks.
import { answerRequest } from '@perennial/training';
import { runLightGbm } from './booster.train';

answerRequest(runLightGbm);
