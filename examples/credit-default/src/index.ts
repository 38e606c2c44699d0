export { alertOf, type DemoReport, type ReportedDay, shortcomingsOf } from './demo/demo.report';
export { daysTable, guaranteesText, pageText, predictionsText } from './demo/demo.summary';
export { demoSizes } from './demo/demo.sizes';
export type { Guarantees, PlatformAddresses, PlatformControl, PlatformStart } from './demo/platform.control';
export { runDemo } from './demo/run.demo';
export { Screen, type Terminal } from './demo/screen';
export type { StageOptions } from './demo/stage';
