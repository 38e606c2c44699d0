export { type Answered, answerCalls } from './answer.calls';
export { compiledEntry } from './compiled.entry';
export { ComputeThread, type ComputeThreadOptions, ThreadLostError } from './compute.thread';
export { yieldProcess, yieldSession, yieldThread } from './niceness';
export { SerialQueue } from './serial.queue';
