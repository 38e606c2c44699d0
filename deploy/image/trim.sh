#!/bin/sh
# Leaves of the packages in the current directory what a service needs at run time: package.json and compiled code.
set -eu
packages="contracts libs services"

# shellcheck disable=SC2086
find $packages -name node_modules -prune -o -type d \( -name src -o -name fixtures -o -name published -o -name testdata \) \
  -print0 | xargs -0 rm -rf
# shellcheck disable=SC2086
find $packages -name node_modules -prune -o -type f \
  \( -name '*.ts' -o -name '*.map' -o -name '*.tsbuildinfo' -o -name 'tsconfig*.json' -o -name '*.spec.js' -o -name '*.int-spec.js' \) \
  -print0 | xargs -0 rm -f
rm -rf node_modules/onnxruntime-node/bin/*/darwin node_modules/onnxruntime-node/bin/*/win32
