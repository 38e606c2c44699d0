import { choosePipeline } from './pipeline.choice';

describe('the choice of a pipeline', () => {
  it('is the only one where none is named', () => {
    expect(choosePipeline(undefined, ['credit'])).toEqual({ pipeline: 'credit' });
  });

  it('is the named one', () => {
    expect(choosePipeline('churn', ['credit', 'churn'])).toEqual({ pipeline: 'churn' });
  });

  it.each([
    [undefined, 'AMBIGUOUS_PIPELINE'],
    ['fraud', 'UNKNOWN_PIPELINE'],
    [7, 'UNKNOWN_PIPELINE'],
  ])('%p of several is refused naming them', (asked, refused) => {
    expect(choosePipeline(asked, ['credit', 'churn'])).toMatchObject({
      refused,
      rule: expect.stringContaining('credit, churn'),
    });
  });
});
