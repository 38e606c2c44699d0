import { adverseProcess } from './adverse.process.config';
import { upgradeContracts } from './rolling-upgrade.contracts';

/** Loaded before anything else in the processes of services: gives some of them the contracts of a release ahead. */
const running = adverseProcess();
const change = running?.settings.upgraded[running.service];
if (running && change) upgradeContracts(running.service, change);
