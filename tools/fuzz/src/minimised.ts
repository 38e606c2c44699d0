/** The smallest part of the input that still shows the defect, by leaving out ever smaller pieces. */
export async function minimised(
  input: Uint8Array,
  shows: (candidate: Uint8Array) => Promise<boolean>,
  tries = 2_000,
): Promise<Uint8Array> {
  let smallest = input;
  let left = tries;
  for (let piece = Math.ceil(input.length / 2); piece >= 1 && left > 0; piece = Math.floor(piece / 2)) {
    for (let at = 0; at < smallest.length && left > 0;) {
      left -= 1;
      const candidate = Uint8Array.from([...smallest.subarray(0, at), ...smallest.subarray(at + piece)]);
      if (await shows(candidate)) smallest = candidate;
      else at += piece;
    }
  }
  return smallest;
}
