import type { CreditRecord } from '../data/credit.record';

export interface ModelInput {
  readonly name: string;
  readonly type: string;
}

/** A client as POST /predict takes it: values in the order of the model's signature, texts first. */
export function predictionRequest(record: CreditRecord, inputs: readonly ModelInput[]) {
  const isText = ({ type }: ModelInput) => type === 'string';
  return {
    categorical_features: inputs.filter(isText).map(({ name }) => String(record[name])),
    numerical_features: inputs.filter((input) => !isText(input)).map(({ name }) => record[name]),
  };
}
