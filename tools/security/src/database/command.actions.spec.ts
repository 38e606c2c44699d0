import { neededActions } from './command.actions';
import { answerTo, takeMessages } from './wire.message';

const actions = (command: object) =>
  neededActions({ ...command, $db: 'perennial' })?.map(({ action, collection }) => `${action} ${collection}`);

describe('what a command needs', () => {
  it.each<[object, string[]]>([
    [{ find: 'a' }, ['find a']],
    [{ insert: 'a', documents: [] }, ['insert a']],
    [{ delete: 'a' }, ['remove a']],
    [{ update: 'a', updates: [{ upsert: false }] }, ['update a']],
    [{ update: 'a', updates: [{}, { upsert: true }] }, ['update a', 'insert a']],
    [{ findAndModify: 'a', upsert: true }, ['find a', 'update a', 'insert a']],
    [{ findAndModify: 'a', remove: true }, ['find a', 'remove a']],
    [{ aggregate: 'a', pipeline: [{ $match: {} }, { $lookup: { from: 'b' } }] }, ['find a', 'find b']],
    [{ aggregate: 'a', pipeline: [{ $out: 'c' }] }, ['find a', 'insert c']],
    [{ createIndexes: 'a' }, ['createIndex a']],
    [{ ping: 1 }, []],
    [{ commitTransaction: 1 }, []],
  ])('%j', (command, needed) => {
    expect(actions(command)).toEqual(needed);
  });

  it.each(['dropDatabase', 'createUser', 'listCollections', 'serverStatus'])('nobody has the right to %s', (name) => {
    expect(actions({ [name]: 1 })).toBeUndefined();
  });
});

it('messages are cut off what has arrived, and the rest waits', () => {
  const message = answerTo(7, { find: 'a', $db: 'b' });
  const { messages, rest } = takeMessages(Buffer.concat([message, message.subarray(0, 20)]));
  expect(messages.map(({ command }) => command)).toEqual([{ find: 'a', $db: 'b' }]);
  expect(rest).toEqual(message.subarray(0, 20));
});
