import { decodeOneHot, parseTable } from './one-hot.decode';

const header =
  'ID,LIMIT_BAL,SEX,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6,PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6,default-payment-next-month,EDUCATION_0,EDUCATION_1,EDUCATION_2,EDUCATION_3,EDUCATION_4,EDUCATION_5,EDUCATION_6,MARRIAGE_0,MARRIAGE_1,MARRIAGE_2,MARRIAGE_3';
const client =
  '1,20000.0,1,24,2,2,-1,-1,-2,-2,3913.0,3102.0,689.0,0.0,0.0,0.0,0.0,689.0,0.0,0.0,0.0,0.0,1,0,0,1,0,0,0,0,0,1,0,0';

describe('the packaged table', () => {
  it('is decoded to the published form: codes instead of one-hot columns, SEX 1 and 2', () => {
    const [names, row] = decodeOneHot(`${header}\n${client}\n`).split('\n');
    expect(names).toMatch(/^ID,LIMIT_BAL,SEX,EDUCATION,MARRIAGE,AGE,PAY_0,.*,default_payment_next_month$/);
    expect(row).toBe('1,20000,2,2,1,24,2,2,-1,-1,-2,-2,3913,3102,689,0,0,0,0,689,0,0,0,0,1');
  });

  it('is refused where a group of one-hot columns does not hold exactly one 1', () => {
    expect(() => decodeOneHot(`${header}\n${client.replace(/1,0,0$/, '1,1,0')}\n`)).toThrow(
      'MARRIAGE of row 1: 2 columns hold 1',
    );
  });

  it('is refused where a number is missing', () => {
    expect(() => decodeOneHot(`${header}\n${client.replace('20000.0', '')}\n`)).toThrow(
      'LIMIT_BAL of row 1 must be a whole number, got ""',
    );
  });

  it('is read into records under lower-case names, the id as text', () => {
    expect(parseTable('ID,PAY_0\n7,-2\n')).toEqual([{ id: '7', pay_0: -2 }]);
  });
});
