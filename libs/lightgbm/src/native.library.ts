import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrainingError } from '@perennial/training';
import koffi from 'koffi';
import { installationAdvice, type LibraryPlace, locateLibrary } from './library.location';

// Of LightGBM's include/LightGBM/c_api.h. Each returns 0, or -1 with the reason in LGBM_GetLastError.
const PROTOTYPES = {
  datasetFromMatrix:
    'int LGBM_DatasetCreateFromMat(const float *data, int type, int32_t rows, int32_t columns, int row_major, const char *parameters, const void *reference, _Out_ void **dataset)',
  setField: 'int LGBM_DatasetSetField(void *dataset, const char *name, const void *data, int count, int type)',
  freeDataset: 'int LGBM_DatasetFree(void *dataset)',
  createBooster: 'int LGBM_BoosterCreate(const void *train, const char *parameters, _Out_ void **booster)',
  loadFromString: 'int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *iterations, _Out_ void **booster)',
  mergeBooster: 'int LGBM_BoosterMerge(void *booster, void *other)',
  freeBooster: 'int LGBM_BoosterFree(void *booster)',
  addValidation: 'int LGBM_BoosterAddValidData(void *booster, const void *validation)',
  updateOneIteration: 'int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)',
  evaluate: 'int LGBM_BoosterGetEval(void *booster, int data_index, _Out_ int *count, double *results)',
  predictMatrix:
    'int LGBM_BoosterPredictForMat(void *booster, const float *data, int type, int32_t rows, int32_t columns, int row_major, int kind, int start, int iterations, const char *parameters, _Out_ int64_t *count, double *results)',
  saveToString:
    'int LGBM_BoosterSaveModelToString(void *booster, int start, int iterations, int importance, int64_t room, _Out_ int64_t *length, char *text)',
} as const;

type Call = keyof typeof PROTOTYPES;

/** Which library trained a model: its C API does not tell its version, the file beside it does. */
export interface LibraryIdentity {
  readonly file: string;
  /** Null where the wheel's VERSION.txt is missing. */
  readonly version: string | null;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** LightGBM's C API. Its calls block the thread. */
export class NativeLibrary {
  private constructor(
    readonly identity: LibraryIdentity,
    private readonly functions: Readonly<Record<Call, (...values: unknown[]) => number>>,
    private readonly lastError: () => string,
  ) {}

  /** Throws TrainingError `training.library-missing`, also where the system cannot load the file. */
  static open(place: LibraryPlace): NativeLibrary {
    const file = locateLibrary(place);
    try {
      const library = koffi.load(file);
      const functions = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)]);
      const lastError = library.func('const char *LGBM_GetLastError()');
      return new NativeLibrary(identityOf(file), Object.fromEntries(functions), lastError);
    } catch (cause) {
      const message = `${file} could not be loaded: ${(cause as Error).message}. ${installationAdvice()}`;
      throw new TrainingError('training.library-missing', message, { file }, { cause });
    }
  }

  /** Throws TrainingError `training.library-failed` with what LightGBM says. */
  call(name: Call, ...values: readonly unknown[]): void {
    if (this.functions[name](...values) === 0) return;
    const reason = this.lastError();
    throw new TrainingError('training.library-failed', `LightGBM refused ${name}: ${reason}`, { call: name, reason });
  }
}

function identityOf(file: string): LibraryIdentity {
  const versionFile = join(dirname(file), '..', 'VERSION.txt');
  return {
    file,
    version: existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : null,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  };
}
