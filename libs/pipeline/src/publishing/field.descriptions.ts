/**
 * What each field of pipeline.yaml means, by its path. `{*}` stands for every alternative of which nothing more specific
 * is said.
 */
export const fieldDescriptions: Readonly<Record<string, string>> = {
  apiVersion: 'Version of this format.',
  kind: 'Always `Pipeline`.',
  name: 'Names the pipeline in events, paths and commands: 1 to 63 characters of a-z, 0-9 and -.',
  description: 'For people.',
  owner: 'Whom to ask.',

  dataset: 'The rows that producers push.',
  'dataset.name': "Name of the dataset and key of its records; the pipeline's name where it is left out.",
  'dataset.recordId': 'Column that identifies a row within a day. It is no feature.',
  'dataset.target': 'What is predicted.',
  'dataset.target.column': 'Column of the label; null where it is not known yet.',
  'dataset.target.positive': 'Value of the label whose probability is predicted.',
  'dataset.unknownColumns':
    'What becomes of a row with a column that is not declared: quarantine, or the column is left out.',
  'dataset.columns': 'Every column of a row.',
  'dataset.columns[].name': 'Name of the column in records and requests.',
  'dataset.columns[].type': 'What its values are. `category` and `string` are encoded, `date` is taken apart.',
  'dataset.columns[].description': 'For people.',
  'dataset.columns[].feature':
    'Whether a model may take it. A column that is none is checked and kept beside the others: a key by which features are looked up, an attribute for reports.',
  'dataset.columns[].nullable': 'Whether a row may come without a value.',
  'dataset.columns[].minimum': 'Least value; of a date a day as yyyy-MM-dd. A row outside is quarantined.',
  'dataset.columns[].maximum': 'Greatest value; of a date a day as yyyy-MM-dd. A row outside is quarantined.',
  'dataset.columns[].values': 'Allowed values of a category or string. A row with another is quarantined.',
  'dataset.columns[].format':
    'Of a date: yyyy, MM and dd once each, e.g. `dd.MM.yyyy HH:mm`; `yyyy-MM-dd` where left out.',
  'dataset.closing': 'When a day is complete. At least one way must be on.',
  'dataset.closing.manifest': 'Closes when the rows that a manifest announces have arrived.',
  'dataset.closing.graceSeconds':
    'An announced day that lacks rows, and a correction, close so long after their last row.',
  'dataset.closing.rowCount': 'Closes after so many rows.',
  'dataset.closing.schedule': 'Closes at these times: a cron expression of five fields.',
  'dataset.closing.timezone': 'IANA time zone of the schedule.',

  reference: 'What later days are compared with.',
  'reference.day': 'Day on which preprocessing is fitted and the first model trained, yyyy-MM-dd.',

  preprocessing: 'From raw columns to encoded features, fitted on the reference day.',
  'preprocessing.nullColumns': 'Columns that are mostly empty.',
  'preprocessing.nullColumns.dropAbove': 'Share of nulls above which a column is left out.',
  'preprocessing.objectColumns': 'Columns of text.',
  'preprocessing.objectColumns.maxCategories': 'Most categories of a feature; rarer values become unknown.',
  'preprocessing.dates': 'Columns of dates.',
  'preprocessing.dates.parts': 'Parts that become features.',
  'preprocessing.dates.origin': 'Day from which days are counted as one more feature; none where null.',
  'preprocessing.shrinkage': 'Columns that say nothing.',
  'preprocessing.shrinkage.dropConstant': 'Leaves out columns with one value only.',
  'preprocessing.encoding': 'Numbers.',
  'preprocessing.encoding.numeric': '`standard`: mean 0 and standard deviation 1.',
  'preprocessing.encoding.impute': 'What stands for a missing number.',

  quality: 'What a day may show; beyond it no model is judged on the day, and a warning is raised.',
  'quality.maxNullShare': "By how much the share of nulls in a column may exceed the reference's.",
  'quality.maxOutOfRangeShare': "Share of a column's numbers outside the reference's range.",
  'quality.maxUnseenShare': "By how much the share of values without a code may exceed the reference's.",
  'quality.rowCount': "A day's rows against those of the days before.",
  'quality.rowCount.minimumRatio': 'Least ratio to their median.',
  'quality.rowCount.maximumRatio': 'Greatest ratio to their median.',

  split: 'Shares of a day, by a hash of the record id: the same row is always in the same part.',
  'split.holdout': 'Judges the serving model and every candidate; never trained on.',
  'split.validation': 'Chooses epochs, trials and the decision threshold. The rest trains.',

  model: 'What is trained.',
  'model{*}.kind': 'Kind of model.',
  'model{*}.dModel': 'Width of the embeddings and of the encoder; a multiple of `heads`.',
  'model{*}.heads': 'Attention heads.',
  'model{*}.layers': 'Encoder layers.',
  'model{*}.feedForward': "Width of each layer's feed-forward part.",
  'model{*}.dropout': 'Share of elements dropped in training.',
  'model{ft-transformer}.attentionDropout': 'Share of attention weights dropped in training.',
  'model{ft-transformer}.feedForwardDropout': 'Share dropped within the feed-forward part.',
  'model{ft-transformer}.residualDropout': "Share dropped of each part's result before it is added.",
  'model{mlp}.embedding': 'Width of the embedding of a category.',
  'model{mlp}.hidden': 'Widths of the hidden layers.',
  'model{lightgbm}.numIterations': 'Trees at most.',
  'model{lightgbm}.learningRate': 'Shrinkage of each tree.',
  'model{lightgbm}.numLeaves': 'Leaves of a tree.',
  'model{lightgbm}.maxDepth': 'Depth of a tree; -1: no bound.',
  'model{lightgbm}.minDataInLeaf': 'Rows of a leaf at least.',
  'model{lightgbm}.minSumHessianInLeaf': 'Sum of the second derivatives of a leaf at least.',
  'model{lightgbm}.featureFraction': 'Share of the features that each tree may use.',
  'model{lightgbm}.baggingFraction': 'Share of the rows that a tree is grown from.',
  'model{lightgbm}.baggingFreq': 'Iterations after which these rows are drawn anew; 0: all rows.',
  'model{lightgbm}.lambdaL1': 'L1 penalty of leaves.',
  'model{lightgbm}.lambdaL2': 'L2 penalty of leaves.',
  'model{lightgbm}.minGainToSplit': 'Gain of a split at least.',
  'model{lightgbm}.maxBin': 'Bins of a number.',
  'model{lightgbm}.catSmooth': 'Smoothing of rare categories.',
  'model{lightgbm}.catL2': 'L2 penalty of splits into sets of categories.',
  'model{lightgbm}.maxCatThreshold': 'Categories of a set at most.',
  'model{lightgbm}.maxCatToOnehot': 'Categories up to which one is split from the others.',
  'model{lightgbm}.minDataPerGroup': 'Rows of a category at least.',
  'model{lightgbm}.earlyStoppingRound':
    'Iterations without a lower validation loss after which training ends; the trees up to the best are kept. 0: never.',
  'model{lightgbm}.categoricalSplits': '`native`: into sets of categories; `codes`: their codes are numbers.',

  training: 'How it is trained. Of `lightgbm` only `classWeights` and `seed` are given here.',
  'training.epochs': 'Passes over the rows.',
  'training.batchSize': 'Rows of a step.',
  'training.learningRate': 'Of the optimiser, after warm-up.',
  'training.optimizer': 'As torch.optim defines them.',
  'training.momentum': 'Of `sgd`; 0 with the others.',
  'training.weightDecay': 'Decoupled, of `adamw`; 0 with the others.',
  'training.clipNorm': 'Greatest norm of the gradient.',
  'training.schedule': 'Of the learning rate: `linear` and `cosine` fall to 0 with the last step.',
  'training.warmup': 'Share of the steps over which the learning rate rises.',
  'training.earlyStopping': 'Ends when validation is not better any more, and keeps the best epoch.',
  'training.earlyStopping.metric': 'What is watched.',
  'training.earlyStopping.patience': 'Epochs without a better value after which training ends.',
  'training.pretraining':
    'Before a model is trained anew, its encoder learns to tell corrupted views of the same rows from others.',
  'training.pretraining.epochs': 'Passes over the rows, at most.',
  'training.pretraining.corruption': 'Share of the values of a view that are replaced by those of other rows.',
  'training.pretraining.temperature': 'Divides the cosines of views: the lower, the more the nearest others count.',
  'training.pretraining.projection': 'Width of the head that is thrown away afterwards.',
  'training.pretraining.batchSize': 'Rows of a step, among whose views each must be found.',
  'training.pretraining.learningRate': 'Of Adam.',
  'training.pretraining.patience':
    'Epochs without a lower loss on the validation rows after which it ends; `null`: none.',
  'training.classWeights': '`balanced`: each class weighs the same altogether.',
  'training.seed': 'Decides initial parameters, order of rows and dropout.',

  calibration: 'Makes shares of the probabilities: of the rows with 0.3, three in ten are positive.',
  'calibration.method':
    'Fitted on the validation part. `temperature` scales the log odds; `sigmoid` (Platt) moves them as well; `isotonic` is any rising curve, and may give different rows one probability.',

  gate: 'Whether a model is good enough.',
  'gate.metric': 'What is judged.',
  'gate.averaging': 'Of f1, precision and recall over the classes, as scikit-learn defines it.',
  'gate.threshold': 'Least value at which the serving model is kept.',
  'gate.decisionThreshold':
    'Probability from which a row counts as positive; `tuned`: with the best F1 on the validation part.',
  'gate.minimumRows': 'Labelled rows below which a day is not judged.',

  improvement: 'What is tried when the serving model fell below the bar.',
  'improvement.maxAttempts': 'Attempts after which a person is paged.',
  'improvement.attemptTimeoutMinutes': 'From the request to the result of an attempt, waiting for a trainer included.',
  'improvement.attempts':
    'In order, at most `maxAttempts`. Where left out: `fine-tune` on 1 day, `fine-tune-search` on 3 days (learning rates 0.0001 and 0.0003 with 3 and 5 epochs; of `lightgbm` 0.02 and 0.1 with 20 and 50 iterations), `train` on all.',
  'improvement.attempts[]{fine-tune}.strategy': 'Trains the serving model further.',
  'improvement.attempts[]{fine-tune-search}.strategy':
    'Trains the serving model further once per combination; the best on the validation part counts.',
  'improvement.attempts[]{train}.strategy': 'Trains anew.',
  'improvement.attempts[]{fine-tune}.epochs':
    'Passes over the rows, 3 where left out; of `lightgbm` further iterations, 20 where left out.',
  'improvement.attempts[]{fine-tune}.learningRate':
    'Of the optimiser, 0.0001 where left out; of `lightgbm` the shrinkage, 0.05 where left out.',
  'improvement.attempts[]{train}.epochs': 'Those of the first training where left out.',
  'improvement.attempts[]{train}.learningRate': 'That of the first training where left out.',
  'improvement.attempts[]{*}.window': 'Which rows it trains on.',
  'improvement.attempts[]{*}.window.days': 'The newest so many days.',
  'improvement.attempts[]{search}.strategy':
    'Trains anew once per configuration that the search chooses; the best on the validation part counts.',
  'improvement.attempts[]{*}.search': 'What is combined.',
  'improvement.attempts[]{search}.search': 'What is searched, how, and for how long.',
  'improvement.attempts[]{search}.search.space':
    'Per kind of model its parameters, and those of `training`: `{min, max, scale: linear or log, integer}`, `{choices}` or a constant. Several kinds: the search chooses among them too.',
  'improvement.attempts[]{search}.search.metric': 'Of the validation part, by which trials are compared.',
  'improvement.attempts[]{search}.search.budget': 'What ends the search.',
  'improvement.attempts[]{search}.search.budget.trials': 'Configurations that are tried.',
  'improvement.attempts[]{search}.search.budget.seconds': 'Since it began; after that no trial begins.',
  'improvement.attempts[]{search}.search.parallel':
    'Trials at the same time, on all trainers together: at least as many as there are to be busy.',
  'improvement.attempts[]{search}.search.halving':
    'Trains every trial for a short while and the better ones for longer; all in full where null.',
  'improvement.attempts[]{search}.search.halving.minimum': 'Least share of a full training (epochs or iterations).',
  'improvement.attempts[]{search}.search.halving.factor': 'One trial of so many goes on, for so many times as long.',
  'improvement.attempts[]{*}.search.learningRates': 'Each is tried.',
  'improvement.attempts[]{*}.search.epochs': 'Each is tried.',
  'improvement.attempts[]{*}.ensemble':
    'The weighted mean of the best trials is one more candidate; off where left out.',
  'improvement.attempts[]{*}.ensemble.size':
    'Times that a trial is added, the same one perhaps again (Caruana et al. 2004).',

  approval: 'Who lets a better model into production.',
  'approval.mode': '`automatic`: the verdict is enough; `manual`: one of the approvers decides.',
  'approval.approvers': 'Who may, where the mode is `manual`.',
  serving: 'How requests are answered.',
  'serving.unknownCategory':
    'What becomes of a request with a category that the model was not trained on: `map` answers with what the model learnt for unknown ones, `refuse` answers 400. A missing value is no category. Known are those that the encoders of the served file list; a column that it encodes in another way is not checked.',
  'serving.enrichment':
    'Looks up columns that a request leaves out by the keys of its entities; nothing is looked up where null.',
  'serving.enrichment.source':
    '`feature-store`: the own one, newest row of each entity, kept while a pipeline asks for it; `feast`: the Feast server at `FEAST_URL`.',
  'serving.enrichment.entities':
    'Fields of a request that name what a row is about, as the source calls them. Of the feature store: columns of the dataset, be they features or not.',
  'serving.enrichment.featureService':
    'Feature service that a Feast server is asked for; its features fill the columns of the same names.',
  'serving.enrichment.features':
    'Column to `VIEW:FEATURE`, or to the name of a feature of the `featureService`. Where left out, of the feature store every column of the model.',
  'serving.enrichment.maxAgeSeconds':
    'Age from which a value is stale, counted from its event time: of the feature store the beginning of its day, UTC. None is where null.',
  'serving.enrichment.missing':
    'What becomes of a request whose entity, or a feature of it, the source does not have: `refuse` answers 422, `null` predicts with a missing value. A null that the source has is a value.',
  'serving.enrichment.defaults': 'Column to the value that stands for a missing one, before `missing` is asked.',
  'serving.enrichment.stale':
    'What becomes of a request for which a stale value was looked up: `refuse` answers 422, `use` predicts with it, `null` with a missing value.',
  'serving.enrichment.unavailable':
    'While the source is away, what the cache has answers, however long ago it was read; what it does not have: `refuse` answers 503, `missing` is as if the source did not have it.',
  'serving.enrichment.timeoutMs': 'Longest wait for an answer of the source.',
  'serving.enrichment.cache': 'Of each replica of inference.',
  'serving.enrichment.cache.seconds': 'How long an answer is taken without asking again; 0: never.',
  'serving.enrichment.cache.entries': 'Entities at most; those that were not asked for longest go first.',
  'serving.responseCache':
    'Answers a row that a version has answered already without asking the model again; nothing is kept where null. Each version has its own answers.',
  'serving.responseCache.entries':
    'Rows at most, of all versions together and on each replica; those that were not asked for longest go first. One takes about 0.3 KB.',
  'serving.responseCache.seconds': 'How long an answer is taken; then the model is asked again.',
  'serving.loggedInputs':
    'What is logged of the row beside the answer: `digest`, the SHA-256 of the model’s inputs; `values`, the inputs as well. A row of more than 16 KB as JSON is logged by its digest alone. Values are kept as long as predictions.',
  rollout: 'How a version is rolled out.',
  'rollout.timeoutSeconds': 'Time in which every replica has to serve it; otherwise it is rolled back.',
  'rollout.strategy':
    '`all-at-once`: every replica as soon as it has loaded it; `blue-green`: all at the same time, once all have; `canary`: in steps, guarded; `ab`: two named arms until somebody decides; `shadow`: mirrored until somebody decides. The first version goes out all at once.',
  'rollout.stickyBy':
    'Columns whose values decide which arm answers a row, where a request names no entity; random for each request where empty.',
  'rollout.canary': 'Where the strategy is `canary`.',
  'rollout.canary.steps': 'One after the other; after the last one all traffic.',
  'rollout.canary.steps[].weight': 'Percent of the keys that the new version answers.',
  'rollout.canary.steps[].seconds': 'Least time, counted from when every replica routes the step.',
  'rollout.canary.steps[].minimumPredictions': 'Least number of rows that the new version answered in this step.',
  'rollout.blueGreen': 'Where the strategy is `blue-green`.',
  'rollout.blueGreen.holdSeconds': 'How long the old version stays loaded and the guardrails look.',
  'rollout.ab': 'Where the strategy is `ab`.',
  'rollout.ab.control': 'Name of the arm of the version that served.',
  'rollout.ab.treatment': 'Name of the arm of the new version.',
  'rollout.ab.weight': 'Percent of the keys that the treatment answers.',
  'rollout.guardrails': 'What takes a canary or a blue-green rollout back; each is off where null.',
  'rollout.guardrails.errorShare': 'By how much the share of failed requests may be above that of the old version.',
  'rollout.guardrails.p99Ratio': 'Times the 99th percentile of the old version within which 99 % must be answered.',
  'rollout.guardrails.scoreDistance':
    'Population stability index of the probabilities against those of the old version.',
  'rollout.guardrails.f1Drop': 'By how much F1 on the labels that have arrived may be below that of the old version.',
  'rollout.guardrails.minimumLabels': 'Of each arm, before F1 is compared.',
  alerts: 'Who is told.',
  'alerts.routes': 'Channels by severity.',
  'alerts.routes.critical': 'Attempts are exhausted.',
  'alerts.routes.error': 'A rollout failed.',
  'alerts.routes.warning': 'A day failed its quality checks.',
  'alerts.routes.info': 'No alert has this severity today.',
};

/** Null where nothing is said of the field. */
export function descriptionOf(path: string): string | null {
  return fieldDescriptions[path] ?? fieldDescriptions[anyAlternative(path)] ?? null;
}

export const anyAlternative = (path: string): string => path.replace(/\{[^}]*\}/g, '{*}');
