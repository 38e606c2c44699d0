import { canonicalText } from './canonical-text';
import { isDateFormat, type DateParser } from './date-format';
import type { ColumnDeclaration } from './pipeline';
import type { Finding } from './schema.problems';

const NUMERIC = ['number', 'integer'];

function boundFinding(column: ColumnDeclaration, key: 'minimum' | 'maximum', day: DateParser): Finding[] {
  const value = column[key];
  if (value === undefined) return [];
  if (NUMERIC.includes(column.type)) {
    return typeof value === 'number' ? [] : [{ path: [key], rule: 'must be a number', value }];
  }
  if (column.type !== 'date')
    return [{ path: [key], rule: `does not apply to a ${column.type} column`, value, key: true }];
  const valid = typeof value === 'string' && day(value) !== null;
  return valid ? [] : [{ path: [key], rule: 'must be a calendar day as yyyy-MM-dd', value }];
}

function valuesFindings({ type, values }: ColumnDeclaration): Finding[] {
  if (!values) return [];
  if (type !== 'category' && type !== 'string') {
    return [{ path: ['values'], rule: `does not apply to a ${type} column`, value: values, key: true }];
  }
  const texts = values.map(canonicalText);
  return texts.flatMap((text, index) => {
    const value = values[index];
    const findings: Finding[] = [];
    if (text === '') findings.push({ path: ['values', index], rule: 'must not be empty: "" stands for null', value });
    if (texts.indexOf(text) < index) findings.push({ path: ['values', index], rule: 'must be unique', value });
    return findings;
  });
}

function formatFindings({ type, format }: ColumnDeclaration): Finding[] {
  if (format === undefined) return [];
  if (type !== 'date')
    return [{ path: ['format'], rule: `does not apply to a ${type} column`, value: format, key: true }];
  if (isDateFormat(format)) return [];
  const rule = 'must have yyyy, MM and dd once each, e.g. yyyy-MM-dd or dd.MM.yyyy HH:mm';
  return [{ path: ['format'], rule, value: format }];
}

function orderFindings({ minimum, maximum }: ColumnDeclaration): Finding[] {
  // Days as yyyy-MM-dd order as text.
  const ordered =
    minimum === undefined || maximum === undefined || typeof minimum !== typeof maximum || minimum <= maximum;
  return ordered ? [] : [{ path: ['minimum'], rule: `must be at most maximum (${maximum})`, value: minimum }];
}

/** Rules between the fields of one column; paths are relative to it. */
export function columnFindings(column: ColumnDeclaration, day: DateParser): Finding[] {
  return [
    ...boundFinding(column, 'minimum', day),
    ...boundFinding(column, 'maximum', day),
    ...orderFindings(column),
    ...valuesFindings(column),
    ...formatFindings(column),
  ];
}
