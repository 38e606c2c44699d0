/** One client as a producer sends it, under the column names of pipeline.yaml. */
export type CreditRecord = Readonly<Record<string, string | number | null>>;

export const ID = 'id';
export const TARGET = 'default_payment_next_month';

/** Repayment status of September back to April 2005; PAY_1 does not exist in the source. */
export const STATUS_COLUMNS = ['pay_0', 'pay_2', 'pay_3', 'pay_4', 'pay_5', 'pay_6'] as const;
