export * from './broadcast';
export * from './elementwise.operators';
export * from './graph';
export * from './layout.operators';
export * from './matrix.operators';
export * from './model.serialise';
export * from './scan.operator';
export * from './tensor';
