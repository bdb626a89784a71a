/** The classification room's door for servers. */
export { actionTypeDataApi, dataAssetsApi } from './api';
export { type OutputHandler, outputHandler } from './handle';
export { classificationJobs } from './jobs';
export { effectiveOfType, linkedData } from './repo';
export { CreateDataAsset, CreateDataField, SetActionTypeData } from './schema';
export {
  createDataAsset,
  restoreDataAsset,
  retireDataAsset,
  updateDataAsset,
} from './service/assets';
export {
  createDataField,
  listDataFields,
  removeDataField,
  updateDataField,
} from './service/fields';
export { confirmImport } from './service/import';
export { setActionTypeData } from './service/links';
