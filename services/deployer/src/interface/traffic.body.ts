import { name } from '@perennial/contracts';
import { parseRequest } from '@perennial/service';
import { z } from 'zod';
import type { TrafficCommand } from '../domain/traffic.decider';

const asked = {
  by: z.string().min(1),
  reason: z.string().min(1),
  requestId: z.string().min(1).max(200).optional(),
};

const arm = z.strictObject({ name, version: z.string().min(1).optional(), weight: z.number().min(0).max(100) });

const arms = z
  .array(arm)
  .min(1)
  .refine((all) => new Set(all.map(({ name: each }) => each)).size === all.length, 'must name each arm once');

const schema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('promote'), arm: name.optional(), ...asked }),
  z.strictObject({ action: z.literal('abort'), ...asked }),
  z.strictObject({ action: z.literal('weights'), arms, shadows: z.array(z.string().min(1)).default([]), ...asked }),
]);

/** Throws INVALID_REQUEST, see `parseRequest`. */
export const trafficCommand = (body: unknown): TrafficCommand => parseRequest(schema, body);
