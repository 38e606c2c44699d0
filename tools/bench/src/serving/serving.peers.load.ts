import { inTurn, type OneRowResult, type TurnOptions } from './in.turn';
import { bentoMl, fastApiOnnx, mlServer, triton } from './peer.servers';
import { onStage } from './serving.stage';

const peers = [fastApiOnnx, triton, mlServer, bentoMl];

/** Requests of one row against the service and the servers that its users would take instead, in turn. */
export function measureServingPeers(
  options: TurnOptions & { readonly environment: NodeJS.ProcessEnv },
): Promise<OneRowResult & { readonly seconds: number; readonly rounds: number }> {
  const { seconds, rounds } = options;
  return onStage(peers, options, async ({ contenders }) => ({
    seconds,
    rounds,
    ...(await inTurn(contenders, options)),
  }));
}
