export * from './define';
export * from './topics';
export * from './companion-topics';
export * from './record-key';
export * from './services';
export * from './catalogue';
export * from './events/fields';
export * from './events';
