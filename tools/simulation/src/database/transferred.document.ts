import { mongo } from 'mongoose';
import { isPlain } from './document.values';

type Options = Pick<mongo.BSON.SerializeOptions, 'ignoreUndefined' | 'serializeFunctions'>;

/** A document as it arrives on the other side of a connection: what BSON makes of it, without the bytes where they change nothing. */
export function transferred(document: mongo.Document, options: Options): mongo.Document {
  const copied: [name: string, value: unknown][] = [];
  for (const name of Object.keys(document)) {
    const value: unknown = document[name];
    if (value === undefined && options.ignoreUndefined) continue;
    copied.push([name, valueOf(value, options)]);
  }
  return Object.fromEntries(copied);
}

function valueOf(value: unknown, options: Options): unknown {
  if (value === undefined) return null;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value instanceof mongo.ObjectId) return value;
  if (value instanceof Date) return new Date(value.getTime());
  if (Array.isArray(value)) return value.map((each) => valueOf(each, options));
  if (isPlain(value) && !('toBSON' in value)) return transferred(value, options);
  return mongo.BSON.deserialize(mongo.BSON.serialize({ value }, options))['value'];
}
