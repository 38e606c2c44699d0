import { missingPackages, parsePins } from './requirement.pins';

describe('parsePins', () => {
  it('reads exact pins', () =>
    expect(parsePins('# why\nScikit_Learn==1.9.1 # here\n\nnumpy==2.4.6\n')).toEqual({
      'scikit-learn': '1.9.1',
      numpy: '2.4.6',
    }));
  it.each(['numpy>=2', 'numpy', 'numpy==2.*', '-r other.txt'])('refuses %s', (line) =>
    expect(() => parsePins(line)).toThrow(`requirement "${line}" must be name==version`),
  );
});

describe('missingPackages', () => {
  const pins = { torch: '2.15.0', numpy: '2.4.6', 'scikit-learn': '1.9.1' };

  it('compares names as pip does and takes a build for one kind of processor', () =>
    expect(missingPackages(['torch', 'scikit-learn'], pins, { torch: '2.15.0+cpu', scikit_learn: '1.9.1' })).toEqual(
      [],
    ));
  it('names what is absent or of another version', () =>
    expect(missingPackages(['torch', 'numpy'], pins, { numpy: '2.4.5' })).toEqual(['torch==2.15.0', 'numpy==2.4.6']));
  it('refuses a package without a pin', () =>
    expect(() => missingPackages(['scipy'], pins, {})).toThrow('scipy is not in requirements.txt'));
});
