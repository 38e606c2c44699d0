import { readFileSync } from 'node:fs';
import { csvRecords } from '@perennial/columns';
import type { Pipeline } from '@perennial/pipeline';
import { splitOf } from '@perennial/preprocessing-steps';
import { readPipeline } from '../data/credit.pipeline';
import type { CreditRecord } from '../data/credit.record';
import { parseTable } from '../data/one-hot.decode';
import { type Fold, foldPartOf, FOLDS } from '../rehearsal/fold';

export interface QualityDataset {
  readonly pipeline: Pipeline;
  /** The records of the published file. */
  read(file: string): Promise<CreditRecord[]>;
  part(record: CreditRecord, fold: number): keyof Fold;
}

/** What is known of a loan when it is approved; nothing of its course. */
interface Columns {
  readonly numbers: readonly string[];
  readonly categories: readonly string[];
}

const german: Columns = {
  numbers: [
    ...['duration_in_month', 'credit_amount', 'installment_rate_in_percentage_of_disposable_income'],
    ...['present_residence_since', 'age_in_years', 'number_of_existing_credits_at_this_bank'],
    'number_of_people_being_liable_to_provide_maintenance_for',
  ],
  categories: [
    ...['status_of_existing_checking_account', 'credit_history', 'purpose', 'savings_account_and_bonds'],
    ...['present_employment_since', 'personal_status_and_sex', 'other_debtors_or_guarantors', 'property'],
    ...['other_installment_plans', 'housing', 'job', 'telephone', 'foreign_worker'],
  ],
};

/**
 * Left out: charge-off date and amount, which exist because of the outcome; the term, which was shortened by it; the loan's
 * number and dates, which follow the year; names, towns and postal codes.
 */
const sba: Columns = {
  numbers: ['noemp', 'createjob', 'retainedjob', 'disbursementgross', 'grappv', 'sba_appv'],
  categories: ['state', 'bankstate', 'sector', 'newexist', 'franchise', 'urbanrural', 'revlinecr', 'lowdoc'],
};
/** Loans approved from this year on are the future. */
const SBA_FUTURE = 2005;

export const qualityDatasets: Readonly<Record<string, QualityDataset>> = {
  uci: {
    pipeline: readPipeline(),
    read: (file) => Promise.resolve(parseTable(readFileSync(file, 'utf8'))),
    part: ({ id }, fold) => foldPartOf(String(id), fold),
  },
  german: {
    pipeline: pipelineOf('german-credit', german),
    read: async (file) =>
      (await rowsOf(file)).map((row, index) =>
        recordOf(german, row, { id: String(index), label: Number(row['creditability'] === 'bad') }),
      ),
    part: ({ id }, fold) => foldPartOf(String(id), fold),
  },
  sba: {
    pipeline: pipelineOf('sba-loans', sba),
    read: async (file) =>
      (await rowsOf(file)).filter(({ mis_status }) => mis_status !== '').map((row) => sbaRecord(row)),
    part: outOfTime,
  },
};

function sbaRecord(row: Record<string, string>): CreditRecord {
  const sector = row['naics']?.slice(0, 2) ?? '';
  const franchise = Number(row['franchisecode']) > 1 ? 'yes' : 'no';
  const identity = { id: row['loannr_chkdgt'] ?? '', year: Number(row['approvalfy']) };
  return {
    ...recordOf(sba, { ...row, sector, franchise }, { ...identity, label: Number(row['mis_status'] === 'CHGOFF') }),
  };
}

/** The future is always the test; of the past, a fifth by id is the validation part, another one in each fold. */
function outOfTime({ id, year }: CreditRecord, fold: number): keyof Fold {
  if (Number(year) >= SBA_FUTURE) return 'test';
  return Math.floor(splitOf('folds', String(id)) * FOLDS) === fold ? 'validation' : 'train';
}

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for await (const { record, problem } of csvRecords(readFileSync(file))) {
    if (problem) throw new RangeError(`${file}: ${problem.rule}: ${problem.text}`);
    const cells = Object.entries(record as Record<string, string>);
    rows.push(Object.fromEntries(cells.map(([name, value]) => [name.toLowerCase(), value])));
  }
  return rows;
}

function recordOf({ numbers, categories }: Columns, row: Record<string, string>, rest: CreditRecord): CreditRecord {
  const numeric = (text: string | undefined) => (text === undefined || text === '' ? null : Number(text));
  return {
    ...Object.fromEntries(numbers.map((name) => [name, numeric(row[name])])),
    ...Object.fromEntries(categories.map((name) => [name, row[name] || null])),
    ...rest,
  };
}

/** Columns of the records that are not declared here are ignored. */
function pipelineOf(name: string, { numbers, categories }: Columns): Pipeline {
  const columns = [
    { name: 'id', type: 'string' },
    ...numbers.map((column) => ({ name: column, type: 'number' })),
    ...categories.map((column) => ({ name: column, type: 'category' })),
    { name: 'label', type: 'integer' },
  ];
  const dataset = { recordId: 'id', target: { column: 'label', positive: 1 }, columns };
  const text = JSON.stringify({
    apiVersion: 'perennial/v1',
    kind: 'Pipeline',
    name,
    dataset,
    reference: { day: '2026-01-01' },
  });
  return readPipeline(text);
}
