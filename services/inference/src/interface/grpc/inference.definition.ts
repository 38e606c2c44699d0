import { join } from 'node:path';
import { type GrpcObject, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';

/** Beside the sources and beside dist alike. */
export const PROTO = join(__dirname, '../../../proto/open_inference.proto');

/** 64-bit integers as text: they may be categories, and a number would not hold them all. */
export const loadDefinition = (): PackageDefinition =>
  loadSync(PROTO, { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true });

/** The service of the protocol, for the server and for clients. */
export function inferenceService(definition: PackageDefinition = loadDefinition()): ServiceClientConstructor {
  const { inference } = loadPackageDefinition(definition) as GrpcObject & { inference: GrpcObject };
  return inference.GRPCInferenceService as ServiceClientConstructor;
}
