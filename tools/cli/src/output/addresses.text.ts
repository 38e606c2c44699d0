import type { PlatformAddresses, PlatformPlan } from '../platform/platform.plan';
import type { Style } from './style';
import { indented, pairs } from './table';

/** Where everything is, for a person. */
export function addressesText(
  { platform, inference, mlflow, features, kafka, mongo }: PlatformAddresses,
  how: string,
  { mode, pipelines }: Pick<PlatformPlan, 'mode' | 'pipelines'>,
  style: Style,
): string {
  const where = pairs([
    ['platform API', platform],
    ['inference', `${inference.http}   gRPC ${inference.grpc}`],
    ['model registry', mlflow],
    ['feature store', features],
    ['Kafka', kafka],
    ['database', mongo],
    ['services', mode === 'separate' ? 'a process each' : 'in one process'],
    ['pipelines', pipelines.join(', ')],
  ]);
  const next = 'Next: perennial submit FILE --pipeline P --day D, perennial status, perennial down';
  return `${style('good', '●')} Perennial ${how}.\n\n${indented(where)}\n\n${style('dim', next)}`;
}
