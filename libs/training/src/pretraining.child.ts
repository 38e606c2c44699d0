// Entry of the process that `pretrain` forks.
import { runPretraining } from './pretraining.run';
import { answerRequest } from './training.answer';

answerRequest(runPretraining);
