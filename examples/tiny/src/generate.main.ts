import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { generateParcels, parcelsCsv } from './parcel.generator';

const { values } = parseArgs({
  options: {
    day: { type: 'string', default: '2026-03-02' },
    rows: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});

const csv = parcelsCsv(generateParcels({ day: values.day, rows: Number(values.rows), seed: Number(values.seed) }));
if (values.out === undefined) process.stdout.write(csv);
else writeFileSync(values.out, csv);
