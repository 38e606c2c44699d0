// First: what takes the place of node's zlib must be there before a service keeps a reference to it.
import './scheduler/synchronous.zlib';

export { type Fault, type FaultKind } from './faults/fault';
export { type Operation, SimulatedFault, type Simulator, type Target } from './scheduler/simulator';
export { Scheduler } from './scheduler/scheduler';
export { runScenario, type RunOptions, type RunResult } from './world/run';
export { type Scenario, scenarioOf } from './world/scenario';
export { shrink } from './campaign/shrink.scenario';
