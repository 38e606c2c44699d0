import type { StoryPipeline } from '../world/story';

/** Whether a model scores well on a day, by the story: a run's id is `<pipeline>.<day>.<attempt>`. */
export class ModelQuality {
  private readonly fates = new Map<string, string>();

  constructor(story: readonly StoryPipeline[]) {
    for (const { declared, days } of story) {
      for (const { day, fate } of days) this.fates.set(`${declared.name}/${day}`, fate);
    }
  }

  /** A model of the day itself is as good as its attempt; one from before is good where the day holds. */
  isGood(runId: string | null, dataset: string, day: string): boolean {
    const pipeline = dataset.replace(/^d-/, '');
    const fate = this.fates.get(`${pipeline}/${day}`);
    const [, trainedOn, attempt] = (runId ?? '').split('.');
    return trainedOn === day ? fate === `attempt-${attempt}` : fate === 'holds';
  }
}
