import { stateOf } from '@perennial/access';
import { Controller, Get, Inject } from '@nestjs/common';
import { SERVICE_ACCESS } from '../tokens';
import type { ServiceAccess } from './service.access';

/** What this process knows of the keys; nothing secret. */
@Controller('api/v1/access')
export class AccessController {
  constructor(@Inject(SERVICE_ACCESS) private readonly access: ServiceAccess) {}

  @Get('keys')
  keys() {
    const now = Date.now();
    const uses = this.access.keys?.().uses() ?? [];
    return {
      keys: uses.map(({ record, lastUsed, uses: requests }) => {
        const { id, name, scopes, created, expires } = record;
        const used = lastUsed === 0 ? null : new Date(lastUsed).toISOString();
        return { id, name, scopes, created, expires, state: stateOf(record, now), lastUsed: used, requests };
      }),
    };
  }
}
