import { createTransport } from 'nodemailer';
import type { Channel } from '../../application/channel';
import type { DeliveryResult } from '../../domain/delivery.policy';
import { emailMessage } from './email.message';

export interface EmailOptions {
  /** smtp:// or smtps://, with user and password where the server asks for them. */
  smtpUrl: string;
  from: string;
  to: string[];
  publicUrl?: string;
  timeoutMs: number;
}

/** A 5xx reply refuses the message for good; a refused login is a configuration that can be repaired meanwhile. */
export function resultOfSmtpError(error: unknown): DeliveryResult {
  const { responseCode, code, message } = error as { responseCode?: number; code?: string; message?: string };
  const reason = `SMTP ${responseCode ?? code ?? 'error'}: ${(message ?? String(error)).slice(0, 500)}`;
  const final = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
  return final ? { outcome: 'refused', reason } : { outcome: 'unavailable', reason };
}

export function emailChannel(options: EmailOptions): Channel {
  const { smtpUrl, timeoutMs } = options;
  const timeouts = { connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs };
  const transport = createTransport({ url: smtpUrl, ...timeouts });
  return {
    name: 'email',
    actions: ['trigger', 'resolve'],
    async send(incident, { action }) {
      try {
        await transport.sendMail(emailMessage(incident, action, options));
        return { outcome: 'delivered' };
      } catch (error) {
        return resultOfSmtpError(error);
      }
    },
    close: () => transport.close(),
  };
}
