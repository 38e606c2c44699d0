/** What the demo asks of the producer process, one at a time. */
export interface PushDay {
  readonly push: string;
}

export type ProducerReply =
  | { readonly kind: 'pushed'; readonly day: string; readonly records: number }
  | { readonly kind: 'failed'; readonly day: string; readonly message: string };
