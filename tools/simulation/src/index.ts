export { type Operation, SimulatedFault, type Simulator, type Target } from './scheduler/simulator';
export { SimulatedBroker } from './broker/simulated.broker';
export { simulatedKafka } from './broker/simulated.kafka';
export { BrokerLink } from './broker/broker.link';
export { Scheduler } from './scheduler/scheduler';
export { installVirtualGlobals } from './scheduler/virtual.globals';
