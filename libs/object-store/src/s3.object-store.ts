import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { FileReference } from '@perennial/contracts';
import { type Content, contentOf } from './content';
import type { ObjectStore, PutOptions } from './object-store';
import { isMissing, s3Error } from './s3.errors';
import { collect, notFound, requireStore, verified } from './verification';

export interface S3Options {
  /** Goes before each bucket's name. */
  bucketPrefix: string;
  /** Creates a bucket at its first put. */
  createBuckets: boolean;
  spoolDirectory?: string;
}

/** One object per file, key = SHA-256 of the bytes; a PUT is atomic, and the store checks the digest it is sent. */
export class S3ObjectStore implements ObjectStore {
  constructor(
    private readonly client: S3Client,
    private readonly options: S3Options,
  ) {}

  async put(bucket: string, input: Uint8Array | Readable, options: PutOptions): Promise<FileReference> {
    const content = await contentOf(input, this.options.spoolDirectory);
    const { mediaType, rows } = options;
    const reference: FileReference = {
      store: 's3',
      bucket,
      fileId: content.sha256,
      digest: `sha256:${content.sha256}`,
      bytes: content.bytes,
      ...(rows === undefined ? {} : { rows }),
      mediaType,
    };
    try {
      if ((await this.size(reference)) !== content.bytes) await this.upload(reference, content, options);
    } catch (error) {
      throw s3Error(error, this.location(reference));
    } finally {
      await content.discard();
    }
    return reference;
  }

  async get(reference: FileReference): Promise<Uint8Array> {
    return collect(this.read(reference));
  }

  stream(reference: FileReference): Readable {
    return Readable.from(this.read(reference), { objectMode: false });
  }

  async exists(reference: FileReference): Promise<boolean> {
    requireStore(reference, 's3');
    try {
      return (await this.size(reference)) !== undefined;
    } catch (error) {
      throw s3Error(error, this.location(reference));
    }
  }

  async delete(reference: FileReference): Promise<void> {
    requireStore(reference, 's3');
    try {
      await this.client.send(new DeleteObjectCommand(this.location(reference)));
    } catch (error) {
      if (!isMissing(error)) throw s3Error(error, this.location(reference));
    }
  }

  private async *read(reference: FileReference): AsyncGenerator<Uint8Array> {
    requireStore(reference, 's3');
    try {
      const { Body } = await this.client.send(new GetObjectCommand(this.location(reference)));
      yield* verified(reference, Body as Readable);
    } catch (error) {
      throw isMissing(error) ? notFound(reference, error) : s3Error(error, this.location(reference));
    }
  }

  private async size(reference: FileReference): Promise<number | undefined> {
    try {
      return (await this.client.send(new HeadObjectCommand(this.location(reference)))).ContentLength;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private async upload(reference: FileReference, content: Content, options: PutOptions): Promise<void> {
    // A stream is opened afresh for each try.
    const send = () => this.client.send(this.putCommand(reference, content, options));
    try {
      await send();
    } catch (error) {
      if (!this.options.createBuckets || (error as Error).name !== 'NoSuchBucket') throw error;
      await this.createBucket(reference);
      await send();
    }
  }

  private putCommand(reference: FileReference, content: Content, { mediaType, rows, name }: PutOptions) {
    return new PutObjectCommand({
      ...this.location(reference),
      Body: content.open(),
      ContentLength: content.bytes,
      ContentType: mediaType,
      ChecksumSHA256: Buffer.from(content.sha256, 'hex').toString('base64'),
      Metadata: {
        ...(rows === undefined ? {} : { rows: String(rows) }),
        // Headers are ASCII.
        ...(name === undefined ? {} : { name: encodeURIComponent(name) }),
      },
    });
  }

  private async createBucket(reference: FileReference): Promise<void> {
    try {
      await this.client.send(new CreateBucketCommand({ Bucket: this.location(reference).Bucket }));
    } catch (error) {
      const taken = error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409;
      if (!taken) throw error;
    }
  }

  /** Bucket names of S3 have no underscore. */
  private location({ bucket, fileId }: Pick<FileReference, 'bucket' | 'fileId'>): { Bucket: string; Key: string } {
    return { Bucket: `${this.options.bucketPrefix}${bucket.replaceAll('_', '-')}`, Key: fileId };
  }
}
