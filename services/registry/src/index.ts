export { mlmodelFile } from './application/mlmodel.file';
export { registryService } from './service';
