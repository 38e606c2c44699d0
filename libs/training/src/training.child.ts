// Entry of the process that `train` forks.
import { answerRequest } from './training.answer';
import { runTraining } from './training.run';

answerRequest(runTraining);
