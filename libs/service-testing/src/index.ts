export { eventually } from './eventually';
export { EventRecorder } from './event.recorder';
export { startForTest, type ServiceUnderTest, type TestOptions } from './service.under.test';
