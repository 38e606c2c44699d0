export { type GeneratorOptions, generateParcels, parcelsCsv } from './parcel.generator';
export { carriers, type Parcel } from './parcel';
