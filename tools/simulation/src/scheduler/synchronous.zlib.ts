import zlib from 'node:zlib';

type Done = (error: Error | null, result?: Buffer) => void;

/**
 * zlib's callbacks come from a thread whenever it is done, which no seed repeats. Import this before anything that
 * keeps a reference to gzip or gunzip: they then compute at once and answer in the same step.
 */
function atOnce(compute: (data: zlib.InputType, options?: zlib.ZlibOptions) => Buffer) {
  return (data: zlib.InputType, options: zlib.ZlibOptions | Done, callback?: Done): void => {
    const done = callback ?? (options as Done);
    try {
      const result = compute(data, callback ? (options as zlib.ZlibOptions) : undefined);
      process.nextTick(done, null, result);
    } catch (error) {
      process.nextTick(done, error as Error);
    }
  };
}

Object.assign(zlib, { gzip: atOnce(zlib.gzipSync), gunzip: atOnce(zlib.gunzipSync) });
