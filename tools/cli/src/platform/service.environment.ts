import { type ServiceName, serviceNames } from '@perennial/contracts';
import { platformLayout } from './platform.layout';
import { gatewayUrl, loopback, type PlatformPlan, serviceUrl } from './platform.plan';

type Environment = Record<string, string | undefined>;

const urlVariable = (name: ServiceName): string => `${name.toUpperCase().replace(/-/g, '_')}_URL`;

/** The caller's variables with what the plan decides: brokers, ports, addresses of the others, data directories. */
export function serviceEnvironment(plan: PlatformPlan, name: ServiceName, inherited: Environment): Environment {
  const { featureStore, deployed } = platformLayout(plan.home);
  return {
    ...inherited,
    ...Object.fromEntries(serviceNames.map((each) => [urlVariable(each), serviceUrl(plan, each)])),
    KAFKA_BROKERS: plan.kafka,
    MONGO_URL: plan.mongo,
    PIPELINES: plan.pipelines.join(','),
    HOST: loopback,
    PORT: String(plan.ports.services[name]),
    GRPC_PORT: String(plan.ports.grpc),
    FEATURE_STORE_DIR: featureStore,
    DEPLOYED_DIR: deployed,
    PUBLIC_URL: inherited.PUBLIC_URL ?? gatewayUrl(plan),
  };
}
