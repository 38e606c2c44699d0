/** A Date that is ahead of the given one by so many milliseconds, for everybody who asks what time it is. */
export function shiftedDate(real: DateConstructor, offsetMs: number): DateConstructor {
  const now = () => real.now() + offsetMs;
  const shifted: DateConstructor = new Proxy(real, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === shifted ? target : newTarget) as Date,
    apply: () => new real(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
  });
  return shifted;
}
