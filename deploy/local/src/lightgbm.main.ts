// Installs LightGBM's native library into PERENNIAL_ARTIFACTS and prints the file, for LIGHTGBM_LIBRARY:
//   node deploy/local/dist/lightgbm.main.js
import { installLightGbm } from './lightgbm.installation';
import { stackOptions } from './stack.config';

installLightGbm({ artifacts: stackOptions().artifacts, onProgress: (line) => console.error(line) })
  .then((file) => console.log(file))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
