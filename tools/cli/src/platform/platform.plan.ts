import { createHash } from 'node:crypto';
import { type ServiceName, serviceNames } from '@perennial/contracts';
import { z } from 'zod';
import { withoutPassword } from '../output/connection.text';

const port = z.int().min(1).max(65_535);

/** How the platform of one home was started: what its processes read, and what later commands find it by. */
export const platformPlan = z.object({
  version: z.literal(1),
  /** single: every service in one process. separate: a process each, restarted when it ends. */
  mode: z.enum(['single', 'separate']),
  home: z.string(),
  kafka: z.string().min(1),
  /** May hold a password: the file is for its owner only. */
  mongo: z.string().min(1),
  /** Servers of this home, as opposed to those that KAFKA_BROKERS and MONGO_URL name. */
  embedded: z.array(z.enum(['kafka', 'mongo'])),
  /** Absolute paths. */
  pipelines: z.array(z.string()).min(1),
  ports: z.object({
    gateway: port,
    grpc: port,
    services: z.object(
      Object.fromEntries(serviceNames.map((name) => [name, port])) as Record<ServiceName, typeof port>,
    ),
  }),
});

export type PlatformPlan = z.infer<typeof platformPlan>;

/** Servers of the embedded default listen on the loopback address only. */
export const loopback = '127.0.0.1';

const at = (port: number): string => `http://${loopback}:${port}`;

export const gatewayUrl = (plan: PlatformPlan): string => at(plan.ports.gateway);
export const serviceUrl = (plan: PlatformPlan, name: ServiceName): string => at(plan.ports.services[name]);

/** Tells the gateways of two platforms apart, where one has taken the port that the other was to take. */
export const instanceOf = ({ home }: Pick<PlatformPlan, 'home'>): string =>
  createHash('sha256').update(home).digest('hex').slice(0, 16);

/** Where everything is, as `up --json` prints it. */
export interface PlatformAddresses {
  platform: string;
  inference: { http: string; grpc: string };
  mlflow: string;
  features: string;
  kafka: string;
  mongo: string;
}

export const addressesOf = (plan: PlatformPlan): PlatformAddresses => ({
  platform: gatewayUrl(plan),
  inference: { http: serviceUrl(plan, 'inference'), grpc: `${loopback}:${plan.ports.grpc}` },
  mlflow: serviceUrl(plan, 'registry'),
  features: serviceUrl(plan, 'feature-store'),
  kafka: plan.kafka,
  mongo: withoutPassword(plan.mongo),
});
