import { openTestDatabase } from './testing/test.database';
import { describeServerContract } from './testing/server.contract';

describeServerContract('the database at MONGO_URL', openTestDatabase);
