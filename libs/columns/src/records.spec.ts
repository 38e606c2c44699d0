import { csvRecords, jsonRecords, ndjsonRecords, type StreamedRecord } from './index';

async function all(stream: AsyncIterable<StreamedRecord>): Promise<StreamedRecord[]> {
  const records: StreamedRecord[] = [];
  for await (const record of stream) records.push(record);
  return records;
}

/** The text in pieces of n bytes, so that characters and lines are cut. */
async function* inPieces(text: string, n: number) {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += n) yield bytes.subarray(start, start + n);
}

describe('csvRecords', () => {
  const text = '\ufeffid,name\r\n1,"a ""b"", ü\r\nz"\r\n2\r\n\r\n3,c\r\n';
  const expected = [
    { position: 2, record: { id: '1', name: 'a "b", ü\r\nz' } },
    { position: 4, problem: { rule: 'must have 2 fields, has 1', text: '2' } },
    { position: 6, record: { id: '3', name: 'c' } },
  ];

  it.each([1, 2, 3, 1000])('reads quotes, line ends and bad field counts in pieces of %i bytes', async (size) => {
    expect(await all(csvRecords(inPieces(text, size)))).toEqual(expected);
  });

  it('takes another delimiter and a whole text', async () => {
    expect(await all(csvRecords('a;b\n1;2', { delimiter: ';' }))).toEqual([
      { position: 2, record: { a: '1', b: '2' } },
    ]);
  });

  it.each([
    ['', /no header/, 1],
    ['a,a\n', /column a occurs twice/, 1],
    ['a,\n', /column 2 has no name/, 1],
    ['a,b\n1,2\n"x,3\n', /not CSV: Quote Not Closed/, expect.any(Number)],
  ])('throws for %j', async (csv, message, line) => {
    const reading = all(csvRecords(csv));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toMatchObject({ code: 'CSV_UNREADABLE', retryable: false, details: { line } });
  });

  it('throws for text that is not UTF-8, and for a source that fails', async () => {
    await expect(all(csvRecords(Uint8Array.of(97, 10, 0xff)))).rejects.toThrow('must be UTF-8');
    async function* failing() {
      yield Buffer.from('a\n1\n');
      throw new Error('connection reset');
    }
    await expect(all(csvRecords(failing()))).rejects.toThrow('connection reset');
  });

  it('stops reading the source when the reader stops', async () => {
    let served = 0;
    let closed = false;
    async function* endless() {
      try {
        yield 'a\n';
        for (;;) {
          served++;
          yield `${'x'.repeat(1000)}\n`.repeat(100);
        }
      } finally {
        closed = true;
      }
    }
    for await (const { position } of csvRecords(endless())) if (position > 5) break;
    await new Promise(setImmediate);
    expect(closed).toBe(true);
    expect(served).toBeLessThan(50);
  });
});

describe('ndjsonRecords', () => {
  it.each([1, 7, 1000])('reports bad lines and goes on, in pieces of %i bytes', async (size) => {
    const records = await all(ndjsonRecords(inPieces('\ufeff{"a":"ü"}\r\n\n{bad\n[1]\n{"a":2}', size)));
    expect(records).toEqual([
      { position: 1, record: { a: 'ü' } },
      { position: 3, problem: { rule: expect.stringMatching(/^must be JSON/) as string, text: '{bad' } },
      { position: 4, record: [1] },
      { position: 5, record: { a: 2 } },
    ]);
  });

  it('reports a line that is not UTF-8 or too long', async () => {
    const long = Buffer.concat([Buffer.from('"'), Buffer.alloc(3_000_000, 120), Buffer.from('"\n7\n\xff\n', 'latin1')]);
    const records = await all(ndjsonRecords(inPieces(long.toString('latin1'), 65_536)));
    expect(records.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(records[0]?.problem?.rule).toBe('must be at most 1048576 bytes');
    expect(records[1]).toEqual({ position: 2, record: 7 });
    expect((await all(ndjsonRecords(Uint8Array.of(0xff, 10, 0x37))))[0]?.problem?.rule).toBe('must be UTF-8');
  });
});

describe('jsonRecords', () => {
  it('takes an array or one record, and nothing else', () => {
    expect(jsonRecords('[{"a":1},2]')).toEqual([
      { position: 1, record: { a: 1 } },
      { position: 2, record: 2 },
    ]);
    expect(jsonRecords(Buffer.from('{"a":1}'))).toEqual([{ position: 1, record: { a: 1 } }]);
    expect(() => jsonRecords('7')).toThrow('must be a JSON array');
    expect(() => jsonRecords('{')).toThrow('must be JSON');
  });
});
